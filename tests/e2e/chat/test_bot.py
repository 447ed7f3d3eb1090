"""The bot of the chat's document."""

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.documents import ROOT
from tests.support.room_server import texts
from tests.support.terminal import WSCHAT
from tests.support.threaded import ThreadedServer
from tests.support.until import until


def test_the_bot(server: ThreadedServer, tmp_path: Path) -> None:
    """The document's bot is ten lines, does what it says, and ends by Ctrl-C without a traceback."""
    document = (ROOT / "wschat/chat/README.md").read_text()
    (code,) = re.findall(r"<!-- bot -->\n```python\n(.*?)```", document, flags=re.DOTALL)
    assert len(code.strip().splitlines()) <= 10
    (tmp_path / "bot.py").write_text(code)
    command = [sys.executable, str(tmp_path / "bot.py"), WSCHAT, "chat", "--url", server.server.url]
    bot = subprocess.Popen(command, start_new_session=True)
    try:
        until(lambda: "ops" in server.server.rooms)
        server.do(server.server.say("eve", "ops", "hi", "echo, 'hello'"))
        until(lambda: "eve: you said \"echo, 'hello'\"" in texts(server.server.requests))
        os.killpg(bot.pid, signal.SIGINT)
        assert bot.wait(10) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(bot.pid, signal.SIGKILL)
