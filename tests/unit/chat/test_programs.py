"""Programs: the bot of the chat's document, a pipe, and the fields that are documented."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.documents import ROOT
from tests.support.terminal import WSCHAT, Terminal
from wschat.chat.machine.events import Malformed, Requested
from wschat.chat.machine.items import (
    Acknowledged,
    Disconnected,
    Failure,
    FromServer,
    Item,
    Message,
    Presence,
    Reconnected,
    Unsent,
)
from wschat.chat.ui.json_lines import FIELDS, events, request
from wschat.protocol.events import (
    Ack,
    ClientMessage,
    DeleteRoom,
    MultiMessage,
    Signup,
    SingleRoom,
    UserJoined,
    UserLeft,
)

from .room_server import texts
from .threaded import ThreadedServer


def test_the_bot(server: ThreadedServer, tmp_path: Path) -> None:
    """The document's bot is ten lines, does what it says, and ends by Ctrl-C without a traceback."""
    document = (ROOT / "wschat/chat/README.md").read_text()
    (code,) = re.findall(r"<!-- bot -->\n```python\n(.*?)```", document, flags=re.DOTALL)
    assert len(code.strip().splitlines()) <= 10
    (tmp_path / "bot.py").write_text(code)
    command = [sys.executable, str(tmp_path / "bot.py"), WSCHAT, "chat", "--url", server.server.url]
    bot = subprocess.Popen(command, start_new_session=True)
    try:
        server.do(until_there(server, "ops"))
        server.do(server.server.say("eve", "ops", "hi", "echo, 'hello'"))
        server.do(until_said(server, "eve: you said \"echo, 'hello'\""))
        os.killpg(bot.pid, signal.SIGINT)
        assert bot.wait(10) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(bot.pid, signal.SIGKILL)


async def until_there(server: ThreadedServer, room: str) -> None:
    while not server.server.rooms.get(room):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def until_said(server: ThreadedServer, text: str) -> None:
    while text not in texts(server.server.requests):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def test_a_pipe(server: ThreadedServer) -> None:
    """A line from a pipe is sent and acknowledged, and the exit code is 0; without colours."""
    command = [WSCHAT, "chat", "--url", server.server.url, "--name", "bot", "--room", "ops"]
    done = subprocess.run(command, input="hi\n", capture_output=True, text=True, check=True, timeout=20)
    assert texts(server.server.requests) == ["hi"]
    assert "<bot> hi" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_no_stdout(server: ThreadedServer) -> None:
    """Somebody at a keyboard can do without."""
    command = f"exec {WSCHAT} chat --url {server.server.url} --name ann --room ops >&-"
    person = Terminal("/bin/sh", "-c", command, env=os.environ)
    try:
        person.press("hi\n\x04")
        assert person.end() == 0
    finally:
        person.process.close(force=True)
    assert texts(server.server.requests) == ["hi"]


ITEMS: list[Item] = [
    Message(ClientMessage("eve", "hi", "ops", 1, 2)),
    FromServer(Signup("ann", ("ops",), "t")),
    FromServer(MultiMessage("ops", ("ann",), id="t"), "ann"),
    Acknowledged(Ack(1, 2, "t"), "message", "ops"),
    Presence((UserJoined("bob", "ops"), UserLeft("bob", "ops"))),
    FromServer(SingleRoom("ops")),
    FromServer(DeleteRoom("ops")),
    Disconnected("gone"),
    Reconnected(3),
    Failure("/join x", "no", "hint", "no-such-room", "t"),
    Unsent("hi"),
]


def test_fields_are_documented() -> None:
    """Each event has exactly the fields that the document tells of."""
    found: dict[str, set[str]] = {}
    for item in ITEMS:
        for event in events(item):
            found.setdefault(str(event["type"]), set()).update(event.keys() - {"type"})
    assert found.keys() == FIELDS.keys()
    for type_, fields in found.items():
        words = set(re.findall(r"\w+", FIELDS[type_]))
        assert fields <= words, (type_, fields - words)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ('{"action": "message", "value": "a\\nb", "id": "1"}', ("message", "a\nb", "1")),
        ('{"action": "leave"}', ("leave", "", None)),
        ("hello", None),
        ("[]", None),
        ('{"action": 3}', None),
        ('{"action": "message", "value": 3}', None),
        ('{"action": "message", "valeu": "x"}', None),
        ("[" * 100_000, None),
    ],
    ids=range(8),
)
def test_requests(line: str, meaning: tuple[str, str, str | None] | None) -> None:
    """A request is an object with known fields; everything else is none."""
    assert request(line) == (Requested(*meaning, line) if meaning else Malformed(line))
