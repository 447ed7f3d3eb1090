import asyncio
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.room_server import START, RoomServer, room_server
from tests.support.threaded import TALK
from wschat.chat.settings import Settings
from wschat.chat.start import Environment, chat
from wschat.chat.ui.transcript import local_time
from wschat.errors import ConnectError, ExitCode, LostError

TIMEOUT = 10  # seconds; a test that waits so long has failed


class Piped:
    """A chat whose lines come from a text, and what came of it."""

    def __init__(self, lines: str, **environment: Any) -> None:  # noqa: ANN401
        self.server = RoomServer()
        self.out = io.StringIO()
        self.environment = Environment(
            stdin=io.StringIO(lines),
            stdout=self.out,
            format_time=lambda _ms: "12:34",
            jitter=lambda: 0.1,
            **environment,
        )

    def run(
        self,
        *,
        name: str | None = "ann",
        room: str | None = "ops",
        json_lines: bool = False,
        welcome: str = "",
    ) -> ExitCode:
        """Chat with a room server until the lines end."""

        async def play() -> ExitCode:
            async with room_server(self.server) as server, asyncio.timeout(TIMEOUT):
                return await chat(
                    server.url,
                    Settings(name=name, room=room),
                    json_lines=json_lines,
                    history=Path("/nonexistent"),
                    welcome=welcome,
                    environment=self.environment,
                )

        return asyncio.run(play())

    @property
    def actions(self) -> list[tuple[str, str]]:
        return [(frame["action"], frame.get("value", "")) for frame in self.server.requests]


def test_lines() -> None:
    """Lines are sent in order after the wishes, each answered before the next; then the chat ends."""
    piped = Piped("hello\n\n//slash\n/leave\n")
    assert piped.run(welcome="welcome") is ExitCode.OK
    assert piped.actions == [
        ("register", "ann"),
        ("join", "ops"),
        ("create", "ops"),
        ("message", "hello"),
        ("message", "/slash"),
        ("leave", ""),
    ]
    assert piped.out.getvalue().splitlines()[:5] == [
        "-- welcome",
        "-- you are ann; no rooms yet",
        "-- you are in ops, nobody else is here yet",
        "12:34 <ann> hello",
        "12:34 <ann> /slash",
    ]
    assert piped.server.requests[0]["token"]
    assert len({frame["id"] for frame in piped.server.requests}) == 6


def test_refusals_are_told_by_the_exit_code() -> None:
    """One refused line makes the exit code 7; the lines after it are sent all the same."""
    piped = Piped("/join nowhere\nhello\n")
    assert piped.run() is ExitCode.REFUSED
    assert piped.actions[-1] == ("message", "hello")
    assert "!! /join nowhere: there is no room nowhere" in piped.out.getvalue()


def test_without_a_name() -> None:
    """Text without a name goes nowhere and is not lost."""
    piped = Piped("hello\n")
    assert piped.run(name=None, room=None) is ExitCode.REFUSED
    assert piped.actions == []
    assert "!! Not sent: hello" in piped.out.getvalue()
    assert "1. /register NAME" in piped.out.getvalue()


def test_json() -> None:
    """With json_lines requests come in and events go out; a line that is no request is an error."""
    piped = Piped(
        '{"action": "message", "value": "hi", "id": "mine"}\n\nhello\n{"action": "dance", "id": "d"}\n'
    )
    assert piped.run(json_lines=True) is ExitCode.REFUSED
    events = [json.loads(line) for line in piped.out.getvalue().splitlines()]
    assert [event["type"] for event in events] == [
        "signup",
        "multi-message",
        "client-message",
        "ack",
        "error",
        "error",
    ]
    assert events[2] == {
        "type": "client-message",
        "room": "ops",
        "user": "ann",
        "message": "hi",
        "time": START,
        "seq": START,
        "mine": True,
        "missed": False,
    }
    assert events[3] == {
        "type": "ack",
        "action": "message",
        "room": "ops",
        "seq": START,
        "time": START,
        "id": "mine",
    }
    assert (events[4]["code"], events[5]["code"], events[5]["id"]) == ("bad-request", "unknown-action", "d")


def instead(action: str, answer: str) -> Callable[[dict[str, Any]], str | None]:
    """Answer an action by this text; an empty one answers nothing."""
    return lambda frame: answer if frame["action"] == action else None


def test_json_is_exact() -> None:
    """What is in a text stays exact, on one line that steers no terminal."""
    said = "a\u2028b \x9b2J \u202e \U000e0041 é 😀\n\x1b[2J"
    piped = Piped(json.dumps({"action": "message", "value": said}) + "\n")
    piped.run(json_lines=True)
    (line,) = [line for line in piped.out.getvalue().split("\n") if "client-message" in line]
    assert line.isprintable()
    assert "é 😀" in line
    assert json.loads(line)["message"] == said


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            '{"message": "Internal server error", "requestId":"y"}',
            "/aws/lambda/SendMessage",
        ),
        ("", "no reply came in time"),
    ],
)
def test_requests_that_fail(answer: str, told: str) -> None:
    """A gateway's error, or silence, fails the line; the chat goes on to its end."""
    piped = Piped("lost\n/rooms\n", reply_timeout=0.2)
    piped.server.tamper = instead("message", answer)
    assert piped.run() is ExitCode.REFUSED
    assert told in piped.out.getvalue()
    assert "!! Sent, not confirmed: lost" in piped.out.getvalue()
    assert piped.out.getvalue().endswith("-- rooms:\n   ops\n")


def test_lost_connection_shows_what_was_not_confirmed() -> None:
    """A message without a reply at the last cut is shown, and the error says why."""
    piped = Piped("half sent\nnever read\n", reconnect_limit=0.3)
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


def test_connection_that_never_was() -> None:
    """A failed connection raises, with nothing said on stdout."""
    out = io.StringIO()
    environment = Environment(stdin=io.StringIO("hello\n"), stdout=out)
    with pytest.raises(ConnectError):
        asyncio.run(
            chat(
                "https://x/y",
                Settings(name="a", room=None),
                json_lines=False,
                history=Path("/nonexistent"),
                environment=environment,
            )
        )
    assert out.getvalue() == ""


async def start_talk(server: RoomServer, **streams: Any) -> asyncio.subprocess.Process:  # noqa: ANN401
    """Start a chat of Ann in the room ops as a process of its own, which buffers as a person's does."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    arguments = [sys.executable, str(TALK), server.url, "/nonexistent/history", "ann", "ops", ""]
    return await asyncio.create_subprocess_exec(
        *arguments, stderr=asyncio.subprocess.PIPE, env=env, **streams
    )


def test_process_with_a_file(tmp_path: Path) -> None:
    """A regular file works as stdin, whatever its bytes are."""
    lines = tmp_path / "lines"
    lines.write_bytes(b"one\r\n\xff\nlast line without end")

    async def play() -> tuple[bytes, bytes, int | None]:
        async with room_server() as server, asyncio.timeout(TIMEOUT):
            with lines.open() as stdin:
                process = await start_talk(server, stdin=stdin, stdout=asyncio.subprocess.PIPE)
                out, err = await process.communicate()
        return out, err, process.returncode

    out, err, code = asyncio.run(play())
    said = [line.partition("> ")[2] for line in out.decode().splitlines() if "<ann>" in line]
    assert said == ["one", "\ufffd", "last line without end"]
    assert (err, code) == (b"", ExitCode.OK)


def test_process_waiting_for_stdin_when_the_connection_is_lost() -> None:
    """A process whose stdin stays open and silent ends with the error, and Python ends in order."""

    async def play() -> tuple[bytes, int]:
        pipe = asyncio.subprocess.PIPE
        async with room_server() as server, asyncio.timeout(TIMEOUT):
            process = await start_talk(server, stdin=pipe, stdout=pipe)
            assert process.stdout
            assert process.stderr
            assert process.stdin
            await process.stdout.readuntil(b"you are in ops")
            await server.cut(1000)
            err = await process.stderr.read()
            code = await process.wait()
            process.stdin.close()
            return err, code

    err, code = asyncio.run(play())
    assert code == ExitCode.LOST
    assert err.decode().startswith("the connection is lost")
    assert len(err.splitlines()) == 1


def test_process_whose_reader_goes() -> None:
    """When nobody reads stdout any more the chat ends quietly."""

    async def play() -> tuple[bytes, int]:
        reading, writing = os.pipe()
        async with room_server() as server, asyncio.timeout(TIMEOUT):
            process = await start_talk(server, stdin=asyncio.subprocess.PIPE, stdout=writing)
            os.close(writing)
            assert process.stdin
            assert process.stderr
            with os.fdopen(reading) as lines:
                await asyncio.to_thread(lines.readline)
            process.stdin.write(b"one\ntwo\nthree\n")
            err = await process.stderr.read()
            code = await process.wait()
            process.stdin.close()
            return err, code

    assert asyncio.run(play()) == (b"", ExitCode.OK)


def test_line_mode_needs_no_terminal_libraries() -> None:
    """A pipe does not pay for what only a terminal needs."""
    script = "import sys, wschat.chat.client; sys.exit(bool({'prompt_toolkit', 'rich'} & set(sys.modules)))"

    async def play() -> int:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
        return await process.wait()

    assert asyncio.run(play()) == 0


def test_local_time() -> None:
    """A time becomes HH:MM, and no number breaks it."""
    assert len(local_time(1_700_000_000_000)) == 5
    assert local_time(10**30) == "--:--"
    assert local_time(-(10**30)) == "--:--"
