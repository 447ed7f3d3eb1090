"""Our own wire: each request is its frame, and each frame its event."""

from wschat.protocol.events import Ack
from wschat.protocol.requests import Request
from wschat.protocol.wire import Said, Wire


def test_our_own_wire() -> None:
    """Nothing is known without an answer."""
    wire, request = Wire(), Request("message", "hi", "x")
    assert wire.say(request) == Said('{"action":"message","value":"hi","id":"x"}')
    assert wire.read('{"type":"ack","id":"x"}', 7) == (Ack(id="x"),)
    assert wire.silent(request) == ()
