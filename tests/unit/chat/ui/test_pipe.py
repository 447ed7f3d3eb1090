"""Lines in, lines out: --plain for screen readers, and pipes."""

import io
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

from tests.support.room_server import texts
from tests.support.terminal import WSCHAT, Terminal
from tests.support.threaded import ThreadedServer, start_chat
from tests.unit.chat.ui.typist import say
from wschat.chat.machine.advice import HINTS
from wschat.chat.machine.effects import RequestFailed
from wschat.chat.machine.state import ChatState
from wschat.chat.settings import Settings
from wschat.chat.start import ChatOptions
from wschat.chat.ui.pipe import PipeUI
from wschat.protocol.refusals import ErrorCode


def test_a_conversation(server: ThreadedServer, tmp_path: Path) -> None:
    """Each line says who speaks; a mention rings; no escape sequences, nothing drawn, no animation."""
    ann = start_chat(server, tmp_path, "ann", "ops", "plain", TZ="UTC")
    ann.until("you are in ops")
    written = ann.process.logfile_read = io.BytesIO()
    ann.type("hello")
    ann.until("<ann> hello")
    server.say("one\ntwo ann")
    ann.until("00:00 <eve> two ann")
    server.do(server.server.cut(1001))
    ann.until("connecting again")
    ann.until("-- back")
    ann.type("/users")
    ann.until("in ops:")
    ann.type("/help")
    ann.until("-- commands:")
    ann.until("say it in the room")
    ann.type("/clear")
    ann.type("/quit")
    assert ann.end() == 0
    shown = written.getvalue().decode()
    assert "00:00 <eve> one\r\n00:00 <eve> two ann\r\n\a" in shown
    assert "there is no /clear" in shown
    assert "Ctrl-" not in shown, "there are no keys but those of the terminal"
    assert re.fullmatch(r"[\r\n\a -~]*", shown), shown


def test_who_looks_like_you() -> None:
    """An older server lets in who looks like you: what they say is not taken for yours."""
    ui = PipeUI(ChatOptions("ws://x", "t", Settings(), stdin=io.StringIO(), stdout=(out := io.StringIO())))
    ui.follow(replace(ChatState("me", "t"), name="Joe"))
    ui.show(say("hi", "\u0408\u043e\u0435"))
    assert "<\\u{408}\\u{43e}\\u{435}> hi" in out.getvalue()


def test_a_name_that_is_taken() -> None:
    """In a pipe nobody types another one."""
    ui = PipeUI(ChatOptions("ws://x", "t", Settings(), stdin=io.StringIO(), stdout=(out := io.StringIO())))
    ui.show(RequestFailed("/register ann", "taken", HINTS[ErrorCode.NAME_TAKEN], ErrorCode.NAME_TAKEN))
    assert out.getvalue().endswith("   choose another: --name NAME, or the line /register NAME\n")


def test_a_long_message_in_a_pipe() -> None:
    """It is whole: who reads it is no screen."""
    ui = PipeUI(ChatOptions("ws://x", "t", Settings(), stdin=io.StringIO(), stdout=(out := io.StringIO())))
    ui.show(say("x\n" * 3_999))
    assert out.getvalue().count("<eve>") == 4_000


def test_offline(server: ThreadedServer, tmp_path: Path) -> None:
    """What is said without a connection waits visibly, and a person can leave.

    The terminal has no escape sequences, and gets plain lines unasked.
    """
    ann = start_chat(server, tmp_path, "ann", "ops", TERM="dumb")
    ann.until("you are in ops")
    server.server.statuses = [503] * 99
    server.do(server.server.cut(1012))
    ann.until("connecting again")
    ann.type("never")
    ann.until("-- waits for a connection: never")
    ann.type("/quit")
    ann.until("/quit again ends at once")
    ann.type("/quit")
    assert ann.end() == 0
    assert "!! Not sent: never" in str(ann)
    assert str(ann).count("waits for a connection") == 1


def test_what_comes_while_one_types(server: ThreadedServer, tmp_path: Path) -> None:
    """It waits for the line that is begun, which comes back to who is interrupted in it."""
    ann = start_chat(server, tmp_path, "ann", "ops", "plain", TZ="UTC")
    ann.until("you are in ops")
    ann.press("hel")
    ann.until("hel")
    server.say("one")
    ann.press("lo\r")
    ann.until("hello\n00:00 <eve> one\n")
    ann.until("<ann> hello")
    ann.press("half")
    ann.until("half")
    ann.process.sendintr()
    assert ann.end() == 130
    assert str(ann).endswith("\nhalf\n!! Not sent: half")


def test_ignored(server: ThreadedServer, tmp_path: Path) -> None:
    """Whom the settings name is not heard, until one wants to; nor are they in the log."""
    log = tmp_path / "log"
    names = {"WSCHAT_IGNORE": "max, EVE", "WSCHAT_LOG": str(log)}
    ann = start_chat(server, tmp_path, "ann", "ops", "plain", **names)
    ann.until("you are in ops")
    server.say("hidden")
    server.say("seen", "bob")
    ann.until("<bob> seen")
    ann.type("/unignore eve")
    ann.until("eve is shown again")
    server.say("heard")
    ann.until("<eve> heard")
    ann.type("/quit")
    assert ann.end() == 0
    assert "hidden" not in str(ann) + log.read_text()


def test_a_full_disk(server: ThreadedServer) -> None:
    """What can't be written ends the chat with the reason, and without a traceback."""
    command = [WSCHAT, "chat", "--url", server.server.url, "--name", "bot", "--room", "ops", "--plain"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, input="hi\n", stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=20
        )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the system refused: No space left on device\n")


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
