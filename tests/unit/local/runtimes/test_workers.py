"""What a worker begins with is not the function's to change."""

import pytest
from websockets.sync.client import ClientConnection

from tests.support.others.deployed import OWN
from tests.support.websocket_api import PATIENCE_S


@pytest.mark.parametrize(("language", "name"), [("Python", "PYTHONPATH"), ("Node", "NODE_OPTIONS")])
def test_a_functions_own_environment(callers: dict[str, ClientConnection], language: str, name: str) -> None:
    """A function may set what its language reads at its start, and has it; it calls AWS nonetheless."""
    callers[language].send("environment")
    assert str(callers[language].recv(PATIENCE_S)).endswith(f"Error: {OWN[name]}")
