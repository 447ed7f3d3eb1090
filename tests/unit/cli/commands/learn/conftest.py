"""The lab's fixtures: a MiniStack of this process."""

from tests.unit.lab.conftest import embedded_clients, empty  # noqa: F401
