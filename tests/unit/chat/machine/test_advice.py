"""The tables of advice are whole."""

from wschat.chat.machine.advice import FUNCTIONS, GATEWAY, HINTS
from wschat.lab.blueprint import FUNCTIONS as SPECS
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action


def test_tables() -> None:
    """What is refused here has a hint, each action's function exists, and a hint names it."""
    assert HINTS.keys() <= set(ErrorCode)
    assert FUNCTIONS.keys() == set(Action) - {Action.PING}
    assert set(FUNCTIONS.values()) <= {spec.name for spec in SPECS}
    assert "/aws/lambda/X " in GATEWAY["Internal server error"].hint.format(function="X")
