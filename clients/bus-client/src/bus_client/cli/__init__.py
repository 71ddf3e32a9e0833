"""`bus`: everything that the bus's API can do, from a shell.

A file a group of verbs; `command` puts them together. People get tables, programs `--json`.
"""

from bus_client.cli.command import main

__all__ = ["main"]
