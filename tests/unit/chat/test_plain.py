"""--plain: linear and complete, for screen readers; and what is kept of a chat."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.terminal import WSCHAT, terminal
from wschat.chat.machine.items import Acknowledged, Disconnected, Message, Notice
from wschat.chat.ui.rendering import lines
from wschat.chat.ui.transcript import open_transcript
from wschat.errors import UsageError
from wschat.protocol.events import Ack, ClientMessage

from .room_server import texts
from .threaded import ThreadedServer, start_chat


def test_a_conversation(server: ThreadedServer, tmp_path: Path) -> None:
    """Each line says who speaks; a mention rings; no escape sequences, nothing drawn, no animation."""
    ann = start_chat(server, tmp_path, "ann", "ops", "plain", TZ="UTC")
    ann.until("you are in ops")
    written: list[bytes] = []
    ann.process.logfile_read = Recorder(written)
    ann.type("hello")
    ann.until("<ann> hello")
    server.say("one\ntwo ann")
    ann.until("00:00 <eve> two ann")
    server.do(server.server.cut(1001))
    ann.until("connecting again")
    ann.until("-- back")
    ann.type("/users")
    ann.until("in ops:")
    ann.type("/quit")
    assert ann.end() == 0
    shown = b"".join(written).decode()
    assert "00:00 <eve> one\r\n00:00 <eve> two ann\r\n\a" in shown
    assert re.fullmatch(r"[\r\n\a -~]*", shown), shown


def test_offline(server: ThreadedServer, tmp_path: Path) -> None:
    """What is said without a connection waits visibly, is sent once, and a person can leave."""
    ann = start_chat(server, tmp_path, "ann", "ops", "plain")
    ann.until("you are in ops")
    server.server.statuses = [500]
    server.do(server.server.cut(1012))
    ann.until("connecting again")
    ann.type("for later")
    ann.until("-- waits for a connection: for later")
    ann.until("<ann> for later")
    server.server.statuses = [503] * 99
    server.do(server.server.cut(1012))
    ann.until(lambda text: text.count("connecting again") == 2)
    ann.type("never")
    ann.until("-- waits for a connection: never")
    ann.type("/quit")
    ann.until("/quit again ends at once")
    ann.type("/quit")
    assert ann.end() == 0
    assert "!! Not sent: never" in str(ann)
    assert [frame["value"] for frame in server.server.requests if frame["action"] == "message"] == [
        "for later"
    ]


def test_the_same_in_a_terminal(server: ThreadedServer, tmp_path: Path) -> None:
    """The toolbar says at once that the connection is lost; what waits stands above the input line."""
    ann = start_chat(server, tmp_path, "ann", "ops")
    ann.until("you are in ops")
    server.server.statuses = [503]
    server.do(server.server.cut(1012))
    ann.until("reconnecting, try 2")
    ann.press("for later\r")
    ann.until_screen(r"\.\.\. for later\n>")
    ann.until("<ann> for later")
    ann.until("connected · ann")
    assert "── back" in str(ann)
    assert "... for later" not in ann.text
    ann.press("\x04")
    assert ann.end() == 0


def test_not_this_time(server: ThreadedServer) -> None:
    """Who has set it for good can do without it once."""
    with terminal("chat", "--no-plain", "--url", server.server.url, env={"WSCHAT_PLAIN": "1"}) as ann:
        ann.until_screen("\n>\n(.*\n)* connected")
        ann.press("\x04")
        assert ann.end() == 0


@pytest.mark.parametrize("calm", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"WSCHAT_PLAIN": "1"}], ids=str)
def test_waiting_for_the_local_lab(tmp_path: Path, calm: dict[str, str]) -> None:
    """Nothing turns while it starts; that it does is said in a line."""
    env = {"WSCHAT_STATE_DIR": str(tmp_path / ("too long for a socket" * 6)), **calm}
    with terminal("chat", "--local", env=env) as ann:
        written: list[bytes] = []
        ann.process.logfile_read = Recorder(written)
        assert ann.end() == 8
    told = b"".join(written)
    assert told.startswith(b"Starting the local lab\r\n")
    assert b"\x1b[?25l" not in told  # which hides the cursor


class Recorder:
    """Keeps what a program writes."""

    def __init__(self, written: list[bytes]) -> None:
        self._written = written

    def write(self, data: bytes) -> None:
        """Keep it."""
        self._written.append(data)

    def flush(self) -> None:
        """Do nothing."""


def test_transcript(tmp_path: Path) -> None:
    """What is said is at the end of a file of one's own, with dates, and harmless."""
    path = tmp_path / "log"
    for _ in range(2):
        with open_transcript(str(path)) as transcript:
            transcript.write(
                Message(ClientMessage("e\x1b[2Jve", "one\n-- two\u202e", time=1_700_000_000_000))
            )
            transcript.write(Notice("x"))
            transcript.write(Acknowledged(Ack(), "message", "ops"))
    said, more, notice, *again = path.read_text().splitlines()
    assert re.fullmatch(r"2023-11-1\d \d\d:\d\d:\d\d <e␛\[2Jve> one", said)
    assert more.endswith("<e␛[2Jve> -- two\\u{202e}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d -- x", notice)
    assert len(again) == 3
    assert path.stat().st_mode & 0o777 == 0o600
    for odd in (str(tmp_path), "~nobody-of-that-name/log"):
        with pytest.raises(UsageError, match="can't be written"), open_transcript(odd):
            pass


def test_a_log_on_a_full_disk(server: ThreadedServer) -> None:
    """The chat says so once, and goes on."""
    command = [
        WSCHAT,
        "chat",
        "--url",
        server.server.url,
        "--name",
        "bot",
        "--room",
        "ops",
        "--log",
        "/dev/full",
    ]
    done = subprocess.run(command, input="hi\n", capture_output=True, text=True, check=False, timeout=20)
    assert done.stdout.count("!! --log: it can't be written any more: No space left") == 1, done
    assert (texts(server.server.requests), done.returncode, done.stderr) == (["hi"], 0, "")


def test_a_full_disk(server: ThreadedServer) -> None:
    """What can't be written ends the chat with the reason, and without a traceback."""
    command = [WSCHAT, "chat", "--url", server.server.url, "--name", "bot", "--room", "ops", "--plain"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, input="hi\n", stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=20
        )
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        1,
        "Error: the system refused: No space left on device",
    )


def test_lost_is_a_line_where_there_is_no_toolbar() -> None:
    """A cut is told in lines, and in the terminal by the toolbar alone."""
    told = [lines(Disconnected("gone"), str, linear=linear) for linear in (True, False)]
    assert [len(each) for each in told] == [1, 0]


def test_interrupted(server: ThreadedServer) -> None:
    """Ctrl-C ends a plain chat in order."""
    with terminal("chat", "--plain", "--url", server.server.url, "--name", "ann", "--room", "ops") as ann:
        ann.until("you are in ops")
        ann.process.sendintr()
        assert ann.end() == 130
        assert "Traceback" not in str(ann)
