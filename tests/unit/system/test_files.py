"""What stands where a file should, for each file that is opened: an error, and no wait."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wschat.chat.ui.prompt import history_in
from wschat.chat.ui.transcript import Transcript
from wschat.cli.app import app
from wschat.errors import UsageError
from wschat.learn.course import read
from wschat.local.shared import locked
from wschat.system import paths
from wschat.system.files import regular


def bind(path: Path) -> None:
    """Leave a socket there."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (os.mkfifo, "a named pipe"),
        (os.mkdir, "a directory"),
        (bind, "a socket"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
    ],
)
def test_kinds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], what: str
) -> None:
    """Each is told; a file and nothing are let be."""
    monkeypatch.chdir(tmp_path)
    for fine in (Path("file"), Path("nothing"), Path("file/below"), Path("no\0name")):
        (tmp_path / "file").touch()
        assert regular(fine) == fine
    make(Path("x"))
    with pytest.raises(UsageError, match=f"this is {what}, and should be a file") as caught:
        regular(Path("x"))
    assert (caught.value.where, bool(caught.value.hint)) == ("x", True)


def keep_secret(path: Path) -> None:
    """Take the chat's secret."""
    path.rename(paths.state_dir() / paths.KEPT_SECRET)
    with paths.token("wss://x"):
        pass


def lock(path: Path) -> None:
    """Hold a lock."""
    with locked(path):
        pass


def take_key(path: Path) -> bytes:
    """Take the key of recordings."""
    path.rename(paths.state_dir() / paths.RECORDING_KEY)
    return paths.recording_key()


def run(*arguments: str, **env: str) -> None:
    """Run a command."""
    if error := CliRunner().invoke(app, [*arguments], env=env).exception:
        raise error


@pytest.mark.parametrize(
    "open_it",
    [
        keep_secret,
        take_key,
        lock,
        history_in,
        lambda path: Transcript(str(path)),
        lambda path: read(path.rename(path.with_suffix(".md")).parent),
        lambda path: run("chat", "--url", "wss://127.0.0.1:1/x", SSL_CERT_FILE=str(path)),
        lambda path: run("chat", "--config", str(path), "--url", "ws://127.0.0.1:1/x"),
        lambda path: run("zip", "Connect", "--to", str(path.rename(path.with_name("Connect.zip")).parent)),
    ],
)
def test_what_is_opened(tmp_path: Path, open_it: Callable[[Path], object]) -> None:
    """A device in place of the secret, the settings and all else; a named pipe would only be waited for."""
    path = tmp_path / "x"
    path.symlink_to("/dev/null")
    with pytest.raises(UsageError, match="this is a device"):
        open_it(path)
