"""Reports of programs that chat through pipes: what is read, what is sent, what the server may send."""

import asyncio
import io
import json
from typing import Any, TextIO

import pytest

from tests.studies.reported.case import Case
from tests.support.play import in_room
from tests.support.room_server import RoomServer, room_server, texts
from wschat.chat.machine.effects import RequestFailed
from wschat.chat.settings import Settings
from wschat.chat.start import ChatOptions, chat
from wschat.errors import ConnectError, ExitCode
from wschat.protocol.reader import decode_event
from wschat.target import check_url

PATIENCE = 10  # seconds
SAID = {"type": "client-message", "user": "eve", "room": "ops", "time": 1}


def piped(
    lines: str, stdout: TextIO | None = None, server: RoomServer | None = None
) -> tuple[str, list[str]]:
    """Chat with lines from a pipe; return what was written, and what the server was told."""
    server, out = server or RoomServer(), stdout or io.StringIO()
    settings = Settings("ann", "ops")

    async def play() -> ExitCode:
        async with room_server(server), asyncio.timeout(PATIENCE):
            stdin = io.StringIO(lines, newline="")
            return await chat(ChatOptions(server.url, "t", settings, stdin=stdin, stdout=out))

    asyncio.run(play())
    written = out.getvalue() if isinstance(out, io.StringIO) else ""
    return written, texts(server.requests)


def before_a_connection() -> None:
    """What is piped in at once is sent, and what comes of it is written before the end."""
    written, said = piped("hi!\n")
    assert said == ["hi!"]
    assert "<ann> hi!" in written


def without_an_end_of_line() -> None:
    """The last line is whole."""
    assert piped("one\ntwo")[1] == ["one", "two"]


def ends_of_lines() -> None:
    """Neither kind is a part of what is said."""
    assert piped("one\r\ntwo\n")[1] == ["one", "two"]


def an_ascii_stdout() -> None:
    """What it can't write is spelled out."""
    raw = io.BytesIO()
    piped("\U0001f52a\n", io.TextIOWrapper(raw, "ascii"))
    assert b"<ann> \\U0001f52a" in raw.getvalue()


def heard(event: dict[str, object], *, binary: bool = False) -> str:
    """Return what is written, to UTF-8, when such an event comes amid a chat."""
    raw, server, frame = io.BytesIO(), RoomServer(), json.dumps(event)

    async def tell() -> None:
        for one in server.people:
            await one.send(frame.encode() if binary else frame)

    def answered(asked: dict[str, Any]) -> None:
        if asked.get("value") == "one":
            telling.append(asyncio.ensure_future(tell()))

    telling: list[asyncio.Future[None]] = []
    server.answered = answered
    piped("one\ntwo\n", io.TextIOWrapper(raw, "utf-8"), server)
    return raw.getvalue().decode()


def a_binary_frame() -> None:
    """It is read as the text that it is."""
    assert "<eve> in binary" in heard({**SAID, "message": "in binary"}, binary=True)


def deep_nesting() -> None:
    """It is told, and the chat goes on."""
    play = in_room().feed(decode_event("[" * 20_000 + "]" * 20_000))
    (told,) = play.shown
    assert isinstance(told, RequestFailed)
    assert play.feed("hi").sent == [("message", "hi")]


def half_a_character() -> None:
    """The rest of it is shown."""
    assert "<eve> half " in heard({**SAID, "message": "half \udeaa"})


def impossible_times() -> None:
    """Whatever number the server sends, the chat goes on."""
    for number in (1e999, -1e30, 9223372036854775807, float("nan"), 1e15, -(2**70)):
        assert "<ann> two" in heard({**SAID, "message": "x", "time": number})


def another_scheme() -> None:
    """It is said which one is meant."""
    for scheme in ("http", "https"):
        with pytest.raises(ConnectError) as raised:
            check_url(f"{scheme}://lab.example/development")
        assert f"use {scheme.replace('http', 'ws')}://" in raised.value.hint


def without_a_path() -> None:
    """It is a URL."""
    assert check_url("wss://lab.example").hostname == "lab.example"


CASES = (
    Case(
        "websockets/wscat/issues/4",
        "what is piped in before there is a connection is lost",
        before_a_connection,
    ),
    Case(
        "vi/websocat/issues/245", "at the end of the pipe it goes, and no answer is seen", before_a_connection
    ),
    Case("hoytech/vmtouch/pull/24", "a last line without its end loses a character", without_an_end_of_line),
    Case("vi/websocat/issues/58", "the end of a line is sent as a part of the message", ends_of_lines),
    Case("weechat/weechat/pull/426", "a line from Windows brings a carriage return along", ends_of_lines),
    Case("linkedin/shiv/issues/82", "an emoji ends the program where stdout is no UTF-8", an_ascii_stdout),
    Case("OrinVoss/Q-agent/issues/63", "frames in binary are passed over in silence", a_binary_frame),
    Case("BasedHardware/omi/pull/13521", "JSON of many levels ends the program", deep_nesting),
    Case(
        "open-webui/open-webui/pull/27084",
        "half a character in an old message ends the program",
        half_a_character,
    ),
    Case("Tribler/tribler/issues/4326", "a year out of range ends the program", impossible_times),
    Case("elm-lang/websocket/pull/13", "with http:// in place of ws:// it fails in silence", another_scheme),
    Case("twisted/twisted/issues/12455", "a URL without a path brings a bad error", without_a_path),
)
