"""Which wire is spoken: what is chosen, or what the answer to `register` shows."""

import json

import pytest

from wschat.protocol.events import ClientMessage, Event, Signup
from wschat.protocol.lab_wire import OtherWire
from wschat.protocol.requests import Request
from wschat.protocol.wires import Wires

REGISTER = Request("register", "ann", "x", "secret")
LABS = '{"type":"signup","updateStatus":"SUCCESS","rooms":["ops"]}'
OURS = '{"type":"signup","name":"ann","rooms":[],"id":"x"}'


def kinds(events: tuple[Event, ...]) -> list[type[Event]]:
    return [*map(type, events)]


def test_the_answer_to_register_tells() -> None:
    """Only the lab's own has `updateStatus`: from then on all is said as its page does, and told once.

    A ping on the way changes nothing.
    """
    wires = Wires()
    wire = wires.open()
    assert wire.say(REGISTER).frame == REGISTER.encode()
    assert wire.say(Request("ping")).frame == '{"action":"ping"}'
    told = wire.read(LABS, 0)
    assert kinds(told) == [OtherWire, Signup]
    assert told[1] == Signup("ann", ("ops",), "x")
    join = Request("join", "ops", "y")
    said = wire.say(join)
    assert json.loads(said.frame or "") == {
        "action": "join-room",
        "value": "ops",
        "room": "ops",
        "name": "ann",
    }
    assert len(wire.silent(join)) == 1
    after_a_cut = wires.open()
    assert "token" not in (after_a_cut.say(REGISTER).frame or "")
    assert kinds(after_a_cut.read(LABS, 0)) == [Signup]


@pytest.mark.parametrize("frame", [OURS, LABS])
def test_ours(frame: str) -> None:
    """Ours has none, and what answers no `register` is no answer to it."""
    wire = Wires().open()
    if frame == OURS:
        wire.say(REGISTER)
        assert wire.read(OURS, 0) == (Signup("ann", (), "x"),)
    else:
        assert OtherWire not in kinds(wire.read(frame, 0))
    assert wire.say(Request("join", "ops", "y")).frame == '{"action":"join","value":"ops","id":"y"}'
    assert wire.silent(REGISTER) == ()
    assert wire.read('{"type":"client-message","user":"a","message":"b"}', 7) == (ClientMessage("a", "b"),)


def test_the_chosen_one() -> None:
    """It is spoken from the first frame; nothing is asked of the simple edition but to say something."""
    frame = Wires("lab").open().say(REGISTER).frame
    assert json.loads(frame or "") == {"action": "register", "value": "ann", "room": "", "name": "ann"}
    assert Wires("simple").open().say(REGISTER).frame is None
