"""The lab's own functions: what is asked of them, what their frames tell, and what nobody tells."""

import json
from typing import Any

import pytest

from tests.support.lab_server import AT, AT_MS
from wschat.protocol.events import (
    Ack,
    ClientMessage,
    DeleteRoom,
    Entry,
    Error,
    Event,
    MultiMessage,
    Signup,
    SingleRoom,
)
from wschat.protocol.lab_wire import LabWire, OtherWire, SimpleWire, Stay
from wschat.protocol.reader import GatewayError, Unknown, Unreadable
from wschat.protocol.requests import Raw, Request

NOW = 7
SIGNED_UP = {"type": "signup", "updateStatus": "SUCCESS", "rooms": ["ops"]}
EMPTY = {"transactWrite": "SUCCESS", "scanStatus": "EMPTY"}
DONE = {"transactWrite": "SUCCESS"}
FORBIDDEN = {"message": "Forbidden", "connectionId": "c=", "requestId": "r="}


def said(user: str, text: str) -> dict[str, str]:
    return {"type": "client-message", "user": user, "message": text}


def history(*texts: str, time: object = AT) -> dict[str, object]:
    """Return what tells somebody who joins of messages of Bob's."""
    messages = [{"user": "bob", "content": text, "time": time} for text in texts]
    return {
        "transactWrite": "SUCCESS",
        "scanStatus": "SUCCESS",
        "messages": messages,
        "type": "multi-message",
    }


class Talk:
    """A connection; each request has its action as its id."""

    def __init__(self, stay: Stay | None = None, kind: type[LabWire] = LabWire) -> None:
        self.wire = kind(stay or Stay())
        self.frame: dict[str, Any] | None = None

    def ask(self, action: str, value: str = "") -> tuple[Event, ...]:
        """Ask; keep the frame, and return what is answered without one."""
        self.request = Request(action, value, action)
        frame, events, self.silence = self.wire.say(self.request)
        self.frame = json.loads(frame) if frame else None
        return events

    def hear(self, *frames: object) -> list[Event]:
        texts = (frame if isinstance(frame, str) else json.dumps(frame) for frame in frames)
        return [event for text in texts for event in self.wire.read(text, NOW)]

    def joined(self, reply: object = EMPTY) -> "Talk":
        """Let Ann join ops."""
        self.ask("register", "ann")
        self.hear(SIGNED_UP)
        self.ask("join", "ops")
        self.hear(reply)
        return self


def test_all_that_is_asked() -> None:
    """Each frame has the four fields of the lab's page; what is done has the reply that ours would have."""
    talk = Talk()
    steps: tuple[tuple[str, str, str, str, object, list[Event]], ...] = (
        ("register", "ann", "register", "", SIGNED_UP, [Signup("ann", ("ops",), "register")]),
        ("join", "ops", "join-room", "ops", EMPTY, [MultiMessage("ops", truncated=True, id="join")]),
        (
            "message",
            "hi",
            "dispatch",
            "ops",
            said("ann", "hi"),
            [ClientMessage("ann", "hi", "ops", time=NOW, id="message"), Ack(id="message")],
        ),
        ("leave", "", "leave-room", "ops", DONE, [Ack(id="leave")]),
        (
            "create",
            "dev",
            "new-room",
            "dev",
            {"type": "single-room", "message": "dev"},
            [MultiMessage("dev", truncated=True, id="create"), SingleRoom("dev")],
        ),
        (
            "leave",
            "",
            "leave-room",
            "dev",
            {"type": "delete-room", "room": "dev"},
            [Ack(id="leave"), DeleteRoom("dev")],
        ),
        (
            "create",
            "dev",
            "new-room",
            "dev",
            {"transactWrite": "SUCCESS", "scan": "SUCCESS"},
            [MultiMessage("dev", truncated=True, id="create")],
        ),
    )
    for action, value, route, room, answer, events in steps:
        assert talk.ask(action, value) == ()
        assert talk.frame == {"action": route, "value": value, "room": room, "name": "ann"}
        assert [event for event in talk.hear(answer) if not isinstance(event, OtherWire)] == events
    assert talk.hear({"type": "single-room", "message": "dev"}, DONE) == [SingleRoom("dev")]


def test_silence() -> None:
    """Of routes that may be one-way silence tells; not so of those whose own posts one hears."""
    talk = Talk()
    for action, value, reply in (
        ("register", "ann", Signup("ann", (), "register")),
        ("join", "ops", MultiMessage("ops", truncated=True, id="join")),
        ("leave", "", Ack(id="leave")),
    ):
        talk.ask(action, value)
        assert talk.silence
        assert talk.wire.silent(talk.request)[-1] == reply
        assert talk.wire.silent(talk.request) == (), "it is answered by now"
    talk.ask("join", "ops")
    talk.hear(FORBIDDEN)
    assert talk.wire.silent(talk.request) == ()
    for action in ("create", "message"):
        talk.ask(action, "x")
        assert talk.silence is None


def test_what_comes_late() -> None:
    """A history that comes after its silence is told as messages; a status that nobody waits for, not."""
    talk = Talk()
    talk.ask("join", "ops")
    talk.wire.silent(talk.request)
    assert talk.hear(said("bob", "b"), history("a", "b")) == [
        ClientMessage("bob", "b", "ops", time=NOW),
        ClientMessage("bob", "a", "ops", time=AT_MS),
    ]
    talk.ask("message", "hi")
    assert len(talk.hear(said("ann", "hi"), {"updateStatus": "SUCCESS"})) == 1
    assert talk.hear(SIGNED_UP) == []
    talk.ask("leave")
    talk.hear(DONE)
    talk.ask("join", "dev")
    assert talk.hear({"updateStatus": "SUCCESS"}) == [], "it tells of what was asked before"
    assert talk.hear(EMPTY) == [MultiMessage("dev", truncated=True, id="join")]


@pytest.mark.parametrize(
    ("text", "time"),
    [(AT, AT_MS), (AT.replace(" AM", "\u202fAM"), AT_MS), ("29.11.2026", 0), (None, 0), (7, 0)],
)
def test_times(text: object, time: int) -> None:
    """Times are as Node.js writes them in Lambda, whose newer versions do so with a narrow space."""
    talk = Talk()
    talk.ask("join", "ops")
    assert talk.hear(history("a", time=text)) == [
        MultiMessage("ops", (), (Entry("bob", "a", time=time),), truncated=True, id="join")
    ]


def test_a_message_is_shown_once() -> None:
    """What was shown before a cut is not in the history again; what was missed is, also if it is the same."""
    stay = Stay()
    before = Talk(stay).joined(history("a", "ok"))
    before.hear(said("bob", "ok"))
    after = Talk(stay)
    after.ask("join", "ops")
    assert after.hear(said("bob", "new")) == [ClientMessage("bob", "new", "ops", time=NOW)]
    (reply,) = after.hear(history("a", "ok", "ok", "ok", "new"))
    assert isinstance(reply, MultiMessage)
    assert [entry.content for entry in reply.messages] == ["ok"]
    assert before.hear(said("bob", "ok"), said("bob", "new")) == [], "both are members while one is replaced"
    for first, second in ((before, after), (after, before)):
        assert len(first.hear(said("bob", "ok"))) == 1
        assert second.hear(said("bob", "ok")) == []


def test_another_stay() -> None:
    """Who comes back to a room that was left sees all of it again."""
    talk = Talk().joined(history("a"))
    talk.ask("leave")
    talk.hear(DONE)
    talk.ask("join", "ops")
    (reply,) = talk.hear(history("a"))
    assert isinstance(reply, MultiMessage)
    assert len(reply.messages) == 1


@pytest.mark.parametrize(
    ("action", "value", "code"),
    [
        ("join", "dev", "in-a-room"),
        ("create", "dev", "in-a-room"),
        ("register", "bob", "in-a-room"),
    ],
)
def test_what_the_functions_would_take_in_a_room(action: str, value: str, code: str) -> None:
    """It would leave the connection in two rooms, or with two names, so it is refused without being asked."""
    talk = Talk().joined()
    (error,) = talk.ask(action, value)
    assert isinstance(error, Error)
    assert (error.code, error.id, talk.frame) == (code, action, None)
    talk.ask("message", "hi")
    assert talk.frame


def test_what_the_functions_would_take_outside() -> None:
    """Making a room that is there would empty it; a name of the simple edition speaks to all rooms."""
    talk = Talk()
    talk.ask("register", "ann")
    talk.hear(SIGNED_UP)
    for action, value, code in (("create", "ops", "room-exists"), ("register", "no-rooms", "name-taken")):
        (error,) = talk.ask(action, value)
        assert isinstance(error, Error)
        assert (error.code, error.id, talk.frame) == (code, action, None)
    talk.hear({"type": "delete-room", "room": "ops"})
    assert talk.ask("create", "ops") == ()


@pytest.mark.parametrize(
    ("action", "answer", "field"),
    [
        ("register", {**SIGNED_UP, "updateStatus": "FAIL"}, "updateStatus"),
        ("create", {"transactWrite": "FAIL", "scan": "SUCCESS"}, "transactWrite"),
        ("join", {**history("a"), "transactWrite": "FAIL"}, "transactWrite"),
        ("join", {**DONE, "scanStatus": "FAIL"}, "scanStatus"),
        ("message", {"updateStatus": "FAIL"}, "updateStatus"),
        ("leave", {"transactWrite": "FAIL"}, "transactWrite"),
    ],
)
def test_fail(action: str, answer: object, field: str) -> None:
    """A status that says so is the refusal of what was asked."""
    talk = Talk()
    talk.ask(action, "x")
    what = f"the function answered FAIL: {field}"
    assert talk.hear(answer) == [Error("function-failed", what, action)]
    assert talk.wire.silent(talk.request) == ()


@pytest.mark.parametrize(
    ("action", "answer", "problem"),
    [
        ("register", {**SIGNED_UP, "rooms": "ops"}, "rooms is not a list"),
        ("join", {"type": "multi-message", "messages": {}}, "messages is not a list"),
        ("join", {"type": "multi-message", "messages": [{"user": "bob"}]}, "one of messages has no content"),
        ("message", {"type": "client-message", "user": "ann"}, "client-message has no message"),
    ],
)
def test_unreadable(action: str, answer: object, problem: str) -> None:
    """A frame that can't be read is the answer to what waits for its type, and says what is wrong."""
    talk = Talk()
    talk.ask(action, "x")
    (event,) = talk.hear(answer)
    assert isinstance(event, Unreadable)
    assert (event.problem, event.id) == (problem, action)


def test_a_list_of_rooms_that_could_not_be_read() -> None:
    """The name is taken all the same."""
    talk = Talk()
    talk.ask("register", "ann")
    assert talk.hear({**SIGNED_UP, "rooms": "FAIL"})[-1] == Signup("ann", (), "register")


def test_frames_of_others() -> None:
    """What is no frame of this wire stays what it is; a ping's refusal is not that of what was asked."""
    talk = Talk().joined()
    talk.ask("message", "hi")
    talk.ask("ping")
    assert talk.frame == {"action": "ping", "id": "ping"}
    strange = ("rubbish", "[1]", '{"type":[]}', '{"type":"new"}')
    assert talk.hear(*strange, FORBIDDEN) == [*map(Unknown, strange), GatewayError("Forbidden", "r=")]
    assert talk.hear(said("no-rooms", "to all"), {}, {"any": "thing"}) == []
    assert talk.hear(said("ann", "hi"))[-1] == Ack(id="message")


def test_a_raw_frame() -> None:
    """It goes as it is, and its reply comes as it is."""
    talk = Talk().joined()
    assert talk.wire.say(Raw("raw", '{"action":"x"}')).frame == '{"action":"x"}'
    assert talk.hear(said("bob", "hi")) == [ClientMessage("bob", "hi", "ops", time=NOW)]
    assert talk.hear(DONE, DONE) == [Unknown(json.dumps(DONE))]


def test_the_simple_edition() -> None:
    """One room for all: nothing is sent but what is said, by the name that goes to everybody."""
    talk = Talk(kind=SimpleWire)
    told, signup = talk.ask("register", "ann")
    assert isinstance(told, OtherWire)
    assert signup == Signup("ann", ("no-rooms",), "register")
    for action in ("join", "create"):
        assert talk.ask(action, "ops") == (MultiMessage("no-rooms", truncated=True, id=action),)
    assert talk.frame is None
    talk.ask("message", "hi")
    assert talk.frame == {"action": "dispatch", "value": "hi", "room": "no-rooms", "name": "no-rooms"}
    assert talk.hear(said("no-rooms", "you"), said("bob", "in a room"), said("no-rooms", "hi")) == [
        ClientMessage("no-rooms", "you", "no-rooms", time=NOW),
        ClientMessage("ann", "hi", "no-rooms", time=NOW, id="message"),
        Ack(id="message"),
    ]
    assert talk.ask("leave") == (Ack(id="leave"),)
