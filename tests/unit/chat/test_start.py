"""Whole processes: what they read and write, and how they end."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.terminal import WSCHAT
from tests.support.threaded import ThreadedServer
from tests.support.until import PATIENCE
from wschat.errors import ExitCode


def start_talk(server: ThreadedServer, **streams: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401
    """Start a chat of Ann in the room ops as a process of its own, which buffers as a person's does."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [WSCHAT, "chat", "--url", server.server.url, "--name", "ann", "--room", "ops"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, env=env, **streams)


def test_process_with_a_file(server: ThreadedServer, tmp_path: Path) -> None:
    """A regular file works as stdin, whatever its bytes are; a byte order mark is not said."""
    lines = tmp_path / "lines"
    lines.write_bytes(b"\xef\xbb\xbfone\r\n\xff\nlast line without end")
    with lines.open() as stdin, start_talk(server, stdin=stdin, stdout=subprocess.PIPE) as process:
        out, err = process.communicate(timeout=PATIENCE)
    said = [line.partition("> ")[2] for line in out.decode().splitlines() if "<ann>" in line]
    assert said == ["one", "\ufffd", "last line without end"]
    assert (err, process.returncode) == (b"", ExitCode.OK)


def test_process_waiting_for_stdin_when_the_connection_is_lost(server: ThreadedServer) -> None:
    """A process whose stdin stays open and silent ends with the error, and Python ends in order."""
    with start_talk(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert any(b"you are in ops" in line for line in process.stdout)
        server.do(server.server.cut(1000))
        assert process.wait(PATIENCE) == ExitCode.LOST
        err = process.stderr.read()
    assert re.fullmatch(rb"Error: \S+: the connection is lost: .*\n  \xe2\x86\x92 .*\n", err)


def test_process_whose_reader_goes(server: ThreadedServer) -> None:
    """When nobody reads stdout any more the chat ends quietly."""
    reading, writing = os.pipe()
    with start_talk(server, stdin=subprocess.PIPE, stdout=writing) as process:
        os.close(writing)
        with os.fdopen(reading) as lines:
            lines.readline()
        _, err = process.communicate(b"one\ntwo\nthree\n", timeout=PATIENCE)
    assert (err, process.returncode) == (b"", ExitCode.OK)


def test_line_mode_needs_no_terminal_libraries() -> None:
    """A pipe does not pay for what only a terminal needs."""
    script = "import sys, wschat.chat.client; sys.exit(bool({'prompt_toolkit', 'rich'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", script], check=True)
