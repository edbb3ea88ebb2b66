"""The command line: one command a file, every listing with ``--json``."""

from mexlab.cli.app import app, main

__all__ = ["app", "main"]
