"""Readers: one database layout a module, all giving the same clips, codings and report.

:func:`mexlab.data.databases.registry.read_databases` is the door to them.
"""
