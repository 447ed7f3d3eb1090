"""What a lesson may have under `see`."""

import pytest

from wschat.learn.observe.known import KNOWN, problem
from wschat.learn.observe.observe import OBSERVATIONS


@pytest.mark.parametrize(
    ("see", "told"),
    [
        ("handshake", ""),
        ('frame {"action": "register"}', ""),
        ("frame no JSON", ""),
        ("items client-records", ""),
        ("items clients", "one of client-records, room-messages-users"),
        ("invoke", "takes a function, one of Connect"),
        ("frame", "frame takes the text of a frame"),
        ("handshake now", "handshake takes nothing more"),
        ("look", "there is no observation 'look': there are handshake, frame,"),
    ],
)
def test_problem(see: str, told: str) -> None:
    """What is no observation, or takes something else, is told with what there is."""
    assert told in problem(see)
    assert bool(told) == bool(problem(see))


def test_all_are_made() -> None:
    """Each that is known is made, and no other."""
    assert OBSERVATIONS.keys() == KNOWN.keys()
