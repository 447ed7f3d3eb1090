"""Lines and JSON requests in, what is said out; failures, and what they leave."""

import asyncio
import io
import json
import os
import re
import time
from typing import Any, TextIO

import pytest

from tests.support.lab_server import ALL, AT, NEWER, Kept, LabServer
from tests.support.room_server import RoomServer, room_server
from tests.support.rooms import START
from wschat.chat.settings import Settings
from wschat.chat.start import ChatOptions, chat
from wschat.chat.ui.pipe import PipeUI
from wschat.errors import AccessError, AwsError, ExitCode, LostError, WschatError
from wschat.protocol.lab_wire import SILENCE
from wschat.protocol.symptoms import DOCTOR
from wschat.target import SignedHandshake, WireName

TIMEOUT = 10  # seconds; a test that waits so long has failed


class Piped:
    """A chat whose lines come from a text, and what came of it."""

    def __init__(
        self,
        lines: str | TextIO,
        server: RoomServer | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        self.server = server or RoomServer()
        self.out = io.StringIO()
        self._stdin = io.StringIO(lines) if isinstance(lines, str) else lines
        self._options = {"stdout": self.out, "jitter": lambda: 0.1, **options}

    def run(self) -> ExitCode:
        """Chat with a room server until the lines end."""
        settings = Settings("ann", "ops", time="12:34")

        async def play() -> ExitCode:
            async with room_server(self.server) as server, asyncio.timeout(TIMEOUT):
                return await chat(ChatOptions(server.url, "t", settings, stdin=self._stdin, **self._options))

        return asyncio.run(play())

    @property
    def actions(self) -> list[tuple[str, str]]:
        return [(frame["action"], frame.get("value", "")) for frame in self.server.requests]


def test_an_error_of_who_takes_a_line() -> None:
    """It is raised: only what reading itself meets is the end of the lines."""
    ui = PipeUI(ChatOptions("ws://x", "t", Settings(), stdin=io.StringIO("hi\n"), stdout=io.StringIO()))
    ui._idle.set()
    with pytest.raises(OSError, match="Bad file descriptor"):
        asyncio.run(ui.read(lambda _line: os.close(-1)))


def test_lines() -> None:
    """Lines are sent in order after the wishes, each answered before the next; then the chat ends.

    One that was refused shows in the exit code; the lines after it are sent all the same.
    """
    piped = Piped("hello\n/join nowhere\n\n//slash\n/leave\n", welcome="welcome")
    assert piped.run() is ExitCode.REFUSED
    assert piped.actions == [
        ("register", "ann"),
        ("join", "ops"),
        ("create", "ops"),
        ("message", "hello"),
        ("join", "nowhere"),
        ("message", "/slash"),
        ("leave", ""),
    ]
    assert piped.out.getvalue().splitlines()[:7] == [
        "-- welcome",
        "-- you are ann; no rooms yet",
        "-- you are in ops, nobody else is here yet",
        "12:34 <ann> hello",
        "!! /join nowhere: there is no room nowhere",
        "   /create ROOM makes it; /rooms lists what there is",
        "12:34 <ann> /slash",
    ]
    assert piped.server.requests[0]["token"]
    assert len({frame["id"] for frame in piped.server.requests}) == 7


def test_json() -> None:
    """With json_lines requests come in and events go out; a line that is no request is an error."""
    lines = '{"action": "message", "value": "hé 😀", "id": "mine"}\n\nhello\n{"action": "dance", "id": "d"}\n'
    piped = Piped(lines, json_lines=True)
    assert piped.run() is ExitCode.REFUSED
    assert '"hé 😀"' in piped.out.getvalue()
    events = [json.loads(line) for line in piped.out.getvalue().splitlines()]
    assert [(event["type"], event.get("code"), event.get("id")) for event in events] == [
        ("signup", None, None),
        ("multi-message", None, None),
        ("client-message", None, None),
        ("ack", None, "mine"),
        ("error", "bad-request", None),
        ("error", "unknown-action", "d"),
    ]
    said = {"user": "ann", "message": "hé 😀", "mine": True, "missed": False}
    where = {"room": "ops", "time": START, "seq": START}
    assert events[2] == {"type": "client-message", **where, **said}
    assert events[3] == {
        "type": "ack",
        "action": "message",
        **where,
        "id": "mine",
        "reached": 1,
        "members": 1,
    }


@pytest.mark.parametrize(
    ("reached", "code", "told"),
    [
        ({"reached": 0, "members": 2}, ExitCode.REFUSED, "!! stored, nobody was told: hello"),
        ({"reached": 1, "members": 2}, ExitCode.OK, "!! reached 1 of 2: hello"),
        ({}, ExitCode.REFUSED, "!! not seen back; others may have it: hello"),
    ],
)
def test_a_message_that_nobody_hears(
    reached: dict[str, int], code: ExitCode, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown with a mark, and by the exit code; to programs as an event."""
    monkeypatch.setattr("wschat.chat.machine.delivery.ECHO_WAIT", 0.01)
    for json_lines, lines in (
        (False, "hello\n"),
        (True, '{"action": "message", "value": "hello", "id": "x"}\n'),
    ):
        piped = Piped(lines, json_lines=json_lines)

        def ack(frame: dict[str, Any]) -> str | None:
            return (
                json.dumps({"type": "ack", "seq": 1, "time": START, "id": frame["id"], **reached})
                if frame["action"] == "message"
                else None
            )

        piped.server.tamper = ack
        assert piped.run() is code
        if json_lines:
            last = json.loads(piped.out.getvalue().splitlines()[-1])
            assert last == {"type": "unheard", "message": "hello", "id": "x", "hint": DOCTOR, **reached}
        else:
            assert told in piped.out.getvalue().splitlines()


def test_frames() -> None:
    """A raw frame's reply is shown, before the next line is read; with `frames` all, without tokens."""
    raw = '/raw {"action":"register","value":"bob","token":"mine","id":"x"}\n'
    for frames in (False, True):
        piped = Piped(raw + "hello\n", frames=frames)
        assert piped.run() is ExitCode.OK
        assert piped.actions[-2:] == [("register", "bob"), ("message", "hello")]
        shown = piped.out.getvalue()
        assert ("-> " in shown, "<- " in shown, "mine" in shown) == (frames, True, False)
        assert re.search(r'^<- \d\d:\d\d:\d\d\.\d{3} \{.*"id": ?"x"', shown, re.MULTILINE)
    assert re.search(r'^-> .*"action":"register","value":"ann",.*"token":"…"\}$', shown, re.MULTILINE)


def test_raw_json() -> None:
    """A program asks for a raw frame by an action, and gets the reply as it came."""
    piped = Piped('{"action": "raw", "value": "{\\"action\\":\\"leave\\"}", "id": "mine"}\n', json_lines=True)
    assert piped.run() is ExitCode.OK
    (frame,) = (
        event for event in map(json.loads, piped.out.getvalue().splitlines()) if event["type"] == "frame"
    )
    assert (frame["sent"], frame["id"], json.loads(frame["text"])["type"]) == (False, "mine", "ack")


TOLD = "-- the lab's own functions answer here, not wschat's (--wire {}):"
LABS = """\
-- you are ann; no rooms yet
-- you are in ops, and nobody is told with whom
12:34 <ann> hello
!! /join dev: you are in ops
   /leave first
-- you left ops
-- the room <ops> is gone: nobody was left in it
-- you are in dev, and nobody is told with whom
12:34 <ann> hello
"""


@pytest.mark.parametrize(("two_way", "wire"), [(NEWER, None), (ALL, None), (frozenset[str](), "lab")])
def test_the_labs_own_functions(
    two_way: frozenset[str],
    wire: WireName | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are recognised where `register` answers, and register, create, join, talk and leave as ours."""
    for action in SILENCE:
        monkeypatch.setitem(SILENCE, action, 0.05)
    lines = "hello\n/join dev\n/leave\n/create dev\nhello\n"
    piped = Piped(lines, LabServer(two_way=two_way), wire=wire)
    assert piped.run() is ExitCode.REFUSED
    told = piped.out.getvalue()
    assert told.startswith(TOLD.format("lab"))
    assert told.count("-- the lab's own") == 1
    assert told.endswith(LABS)
    assert [action for action, _ in piped.actions] == [
        *("register", "join-room", "dispatch", "leave-room", "new-room", "dispatch")
    ]


def test_the_simple_edition() -> None:
    """Nothing is sent but what is said, and only if that was chosen: else both possibilities are."""
    piped = Piped("hello\n", LabServer(simple=True), wire="simple")
    assert piped.run() is ExitCode.OK
    assert piped.out.getvalue().startswith(TOLD.format("simple"))
    assert piped.out.getvalue().endswith("12:34 <ann> hello\n")
    assert piped.actions == [("dispatch", "hello")]
    piped = Piped("hello\n", LabServer(simple=True))
    assert piped.run() is ExitCode.REFUSED
    assert piped.actions == [("register", "ann")]
    assert "--wire simple" in piped.out.getvalue()


def test_a_cut_of_the_labs_own_functions() -> None:
    """What was shown is not shown again, what was missed is; what may have arrived is not sent again."""
    server = LabServer()
    piped = Piped("half sent\nhello\n", server)
    cutting: list[asyncio.Task[None]] = []

    def cut(frame: dict[str, Any]) -> str | None:
        if frame.get("value") != "half sent":
            return None
        said = [("eve", "before"), ("eve", "missed"), ("ann", "half sent")]
        server.kept["ops"].messages[:] = [{"user": u, "content": text, "time": AT} for u, text in said]
        server.kept["ops"].members.append(eve)
        cutting.append(asyncio.ensure_future(server.cut(1001)))
        return ""

    eve: Any = None  # stays when ann is cut off
    server.kept["ops"] = Kept([eve], [{"user": "eve", "content": "before", "time": AT}])
    server.tamper = cut
    assert piped.run() is ExitCode.REFUSED
    told = piped.out.getvalue()
    assert [told.count(text) for text in ("<eve> before", "<eve> missed", "<ann> half sent")] == [1, 1, 1]
    assert "it may have arrived, or not" in told
    assert [value for action, value in piped.actions if action == "dispatch"] == ["half sent", "hello"]


def test_lost_connection_shows_what_was_not_confirmed() -> None:
    """A message without a reply at the last cut is shown, and the error says why."""
    piped = Piped("half sent\nnever read\n", reconnect_limit=1.0)
    cutting: list[asyncio.Task[None]] = []

    def cut(frame: dict[str, Any]) -> str | None:
        if frame["action"] != "message":
            return None
        piped.server.statuses = [500] * 99
        cutting.append(asyncio.ensure_future(piped.server.cut(1012)))
        return ""

    piped.server.tamper = cut
    with pytest.raises(LostError, match="no way back: HTTP 500"):
        piped.run()
    assert piped.out.getvalue().endswith("!! Sent, not confirmed: half sent\n")


@pytest.mark.parametrize(
    ("failing", "ends"),
    [
        ([AccessError("the session has run out", hint="start again")], AccessError),
        ([AwsError("AWS can't be reached")] * 2, None),
    ],
)
def test_what_signs_fails_at_a_reconnect(failing: list[WschatError], ends: type[WschatError] | None) -> None:
    """Credentials that have run out end the chat at once, with the reason; what a network lacks does not."""
    left = list(failing)

    def sign() -> SignedHandshake:
        if piped.server.requests and left:
            raise left.pop()
        return SignedHandshake(piped.server.url, {})

    def cut(frame: dict[str, Any]) -> str | None:
        if frame["action"] != "message" or not left:
            return None
        cutting.append(asyncio.ensure_future(piped.server.cut(1001)))
        return ""

    piped, cutting = Piped("hello\n", sign=sign), list[asyncio.Task[None]]()
    piped.server.tamper = cut
    if ends:
        with pytest.raises(ends, match="run out"):
            piped.run()
        assert "try 2" not in piped.out.getvalue()
    else:
        assert piped.run() is ExitCode.OK
    assert not left


def test_sleep_is_noticed() -> None:
    """When the time of day has jumped, as after hours of sleep, there is a new connection at once."""
    asleep: list[float] = []
    ends = os.pipe()

    def answered(frame: dict[str, Any]) -> None:
        if frame["action"] == "create":
            asleep.append(3 * 3600.0)
        elif piped.actions.count(("join", "ops")) > 1:
            writing.close()  # which ends the chat

    with os.fdopen(ends[0]) as reading, os.fdopen(ends[1], "w") as writing:
        piped = Piped(reading, time_of_day=lambda: time.time() + sum(asleep))
        piped.server.answered = answered
        piped.server.lasting = True
        assert piped.run() is ExitCode.OK
    assert "connecting again" in piped.out.getvalue()
    assert "-- back" in piped.out.getvalue()
