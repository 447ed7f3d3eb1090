"""The benches use the functions' own tables and sink."""

from tests.unit.functions.conftest import _database, _sink, connect, database, sink, tables

__all__ = ["_database", "_sink", "connect", "database", "sink", "tables"]
