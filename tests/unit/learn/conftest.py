"""The lab's fixtures: a MiniStack of this process, and an account as AWS is, in virtual time."""

from tests.unit.lab.conftest import desk, embedded_clients, empty  # noqa: F401
