"""Studies of the functions call them in this process."""

from tests.support.functions.people import _database, _sink, connect, database, gate, sink, tables

__all__ = ["_database", "_sink", "connect", "database", "gate", "sink", "tables"]
