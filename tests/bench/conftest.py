"""The benches use the functions' own tables and sink."""

from tests.functions.conftest import _database, _sink, connect, database, sink, tables

__all__ = ["_database", "_sink", "connect", "database", "sink", "tables"]
