import re
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.room_server import texts
from tests.support.terminal import WSCHAT
from tests.support.threaded import ThreadedServer
from tests.unit.chat.ui.typist import say
from wschat.chat.machine.effects import Acknowledged, Notice, Whole
from wschat.chat.ui.transcript import Transcript, local_time
from wschat.errors import UsageError
from wschat.protocol.events import Ack


def test_transcript(tmp_path: Path) -> None:
    """What is said is at the end of a file of one's own, with dates, and harmless."""
    path = tmp_path / "log"
    for _ in range(2):
        with closing(Transcript(str(path))) as transcript:
            transcript.write(say("one\n-- two\u202e", "e\x1b[2Jve"))
            transcript.write(Notice("x"))
            transcript.write(Acknowledged(Ack(), "message", "ops"))
    said, more, notice, *again = path.read_text().splitlines()
    assert re.fullmatch(r"(1970-01-01|1969-12-31) \d\d:\d\d:\d\d <e␛\[2Jve> one", said)
    assert more.endswith("<e␛[2Jve> -- two\\u{202e}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d -- x", notice)
    assert len(again) == 3
    assert path.stat().st_mode & 0o777 == 0o600
    for odd in (str(path / "below"), "~nobody-of-that-name/log"):
        with pytest.raises(UsageError, match="can't be written"):
            Transcript(odd)


def test_a_long_message(tmp_path: Path) -> None:
    """It is whole in the log, and once, also where it was seen in parts."""
    path, said = tmp_path / "log", say("x\n" * 3_999)
    with closing(Transcript(str(path))) as transcript:
        transcript.write(said)
        transcript.write(Whole(said))
    assert path.read_text().count("<eve>") == 4_000


def test_who_looks_like_another_one(tmp_path: Path) -> None:
    """In the file, too, one sees who was who."""
    with closing(Transcript(str(tmp_path / "log"))) as transcript:
        for name in ("Joe", "\u0408\u043e\u0435"):
            transcript.write(say("hi", name))
    assert re.findall("<.*>", (tmp_path / "log").read_text()) == ["<Joe>", "<\\u{408}\\u{43e}\\u{435}>"]


def test_a_log_without_room(server: ThreadedServer, tmp_path: Path) -> None:
    """The chat says so once, and goes on."""
    options = f"--url {server.server.url} --name bot --room ops --log {tmp_path / 'log'}"
    limited = ["/bin/sh", "-c", f"ulimit -f 0; exec {WSCHAT} chat {options}"]
    done = subprocess.run(limited, input="hi\n", capture_output=True, text=True, check=False)
    assert done.stdout.count("!! --log: it can't be written any more: File too large") == 1, done
    assert (texts(server.server.requests), done.returncode) == (["hi"], 0)
    assert done.stderr.startswith("nothing can be kept in "), "nor is there any for the name's secret"
    assert done.stderr.count("\n") == 1


def test_local_time() -> None:
    """A time becomes HH:MM, and no number breaks it."""
    assert len(local_time(1_700_000_000_000)) == 5
    assert local_time(10**30) == local_time(-(10**30)) == "--:--"
