"""Leaving a chat while the system still looks up a name, or AWS still gives no credentials."""

import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.terminal import WSCHAT, terminal, when_loading
from tests.support.threaded import ThreadedServer
from tests.support.until import PATIENCE, until

SLOW_RESOLVER = """
import os, socket, threading

def getaddrinfo(*_args, **_more):
    open(os.environ["LOOKS_UP"], "w").close()
    threading.Event().wait()

socket.getaddrinfo = getaddrinfo
"""
INTERRUPT = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
IN_A_CLASS = f"""
class Attribute:
    def __set_name__(self, *_more):
        {INTERRUPT}

type("Body", (), {{"attribute": Attribute()}})
"""
SLOW_LOGIN = """#!/bin/sh
while [ -e {slow} ]; do touch {asked}; sleep 0.05; done
echo '{{"Version": 1, "AccessKeyId": "x", "SecretAccessKey": "y", "Expiration": "{soon}"}}'
"""
CHAT = ("chat", "--url", "ws://chat.example/x", "--name", "ann")


@pytest.fixture
def looks_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is there as soon as a program looks up a name, which never ends."""
    (tmp_path / "sitecustomize.py").write_text(SLOW_RESOLVER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("LOOKS_UP", str(tmp_path / "looks-up"))
    return tmp_path / "looks-up"


@pytest.mark.parametrize(("keys", "code"), [("/quit\r", 0), ("\x03", 0), ("", 130)])
def test_while_a_name_is_looked_up(looks_up: Path, keys: str, code: int) -> None:
    """The program ends; what was typed is told and logged, and the terminal is as it was."""
    log = looks_up.with_name("log")
    env = {name: os.environ[name] for name in ("PYTHONPATH", "LOOKS_UP")}
    with terminal(*CHAT, "--log", str(log), env=env) as person:
        person.until(lambda _shown: looks_up.exists())
        person.type("hello")
        person.until("... hello")
        if keys:
            person.press(keys)
            person.until("/quit again ends at once")
            person.press(keys)
        else:
            person.process.kill(signal.SIGTERM)
        assert person.end() == code
        assert "connecting ·" not in person.text
    assert str(person).count("!! Not sent: hello") == 1
    assert "!! Not sent: hello" in log.read_text()
    assert "+hello" in Path(os.environ["WSCHAT_STATE_DIR"], "chat-history").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_pipe_while_a_name_is_looked_up(looks_up: Path, number: int) -> None:
    """It ends as interrupted, and says nothing more."""
    pipe = subprocess.PIPE
    with subprocess.Popen([WSCHAT, *CHAT], stdin=pipe, stdout=pipe, stderr=pipe) as chat:
        try:
            until(looks_up.exists)
            chat.send_signal(number)
            told = chat.communicate(timeout=PATIENCE)
        finally:
            chat.kill()
    assert (chat.returncode, told) == (130, (b"", b""))


@pytest.mark.parametrize("code", [INTERRUPT, IN_A_CLASS], ids=["in a module", "in a class"])
def test_while_the_program_is_loaded(tmp_path: Path, code: str) -> None:
    """Ctrl-C then ends it as later, and shows nothing of where it was."""
    env = {**os.environ, **when_loading(tmp_path, code, "typer")}
    done = subprocess.run([WSCHAT, *CHAT], capture_output=True, check=False, env=env)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.fixture
def slow_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that makes the login slow as long as it exists; `asked` is there once somebody waits."""
    slow, process = tmp_path / "slow", tmp_path / "login"
    soon = datetime.now(UTC) + timedelta(minutes=5)  # so botocore asks anew for each connection
    process.write_text(SLOW_LOGIN.format(slow=slow, asked=tmp_path / "asked", soon=soon.isoformat()))
    process.chmod(0o700)
    (tmp_path / "config").write_text(f"[default]\nregion = us-east-1\ncredential_process = {process}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    yield slow
    slow.unlink(missing_ok=True)


def test_while_credentials_are_awaited(server: ThreadedServer, slow_login: Path) -> None:
    """A login that takes for ever keeps nobody who wants to go."""
    with terminal("chat", "--url", server.server.url, "--name", "ann", "--sign") as person:
        person.until("you are ann")
        slow_login.touch()
        server.do(server.server.cut(1001))
        person.until(lambda _shown: slow_login.with_name("asked").exists())
        person.press("\x03")
        assert person.end() == 0
