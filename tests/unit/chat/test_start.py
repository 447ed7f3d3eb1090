"""Whole processes: what they read and write, and how they end."""

import asyncio
import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.room_server import RoomServer, room_server
from tests.support.threaded import TALK
from wschat.chat.settings import Settings
from wschat.chat.start import Environment, chat
from wschat.errors import ConnectError, ExitCode

TIMEOUT = 10  # seconds; a test that waits so long has failed


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
