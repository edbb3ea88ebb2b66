"""Readers: one layout of a database a file."""
