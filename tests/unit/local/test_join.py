import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.until import until
from wschat.errors import LocalError
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.join import LocalLab, check_installed, join
from wschat.system.ports import is_in_use, listen

Processes = Callable[[], list[int]]
StartUser = Callable[[str], subprocess.Popen[str]]

SOCKET = "local.sock"
enter = partial(join, provision="provisions:instant")


def is_up(lab: LocalLab) -> bool:
    """Tell whether a lab listens."""
    return is_in_use(urlsplit(lab.endpoint).port or 0)


def last_line(user: subprocess.Popen[str], start: str) -> str:
    """Read what a user sees up to a line that starts so."""
    assert user.stdout
    return next(line for line in user.stdout if line.startswith(start))


def test_a_lab_lives_as_long_as_its_users(state_dir: Path, processes: Processes) -> None:
    """The first join builds the lab, the second shares it, and it is gone when the last has left."""
    steps: list[str] = []
    with ExitStack() as second:
        with join(state_dir, "provisions:instant", progress=steps.append) as lab:
            assert steps == ["starting MiniStack", "one step", "another step"]
            assert not lab.empty
            assert lab.started
            assert os.getsid(processes()[0]) != os.getsid(0)
            assert (state_dir / SOCKET).stat().st_mode & 0o777 == 0o600
            same = second.enter_context(enter(state_dir))
            assert (same.endpoint, same.started) == (lab.endpoint, False)
        assert is_up(lab)
        with enter(state_dir) as third:
            assert not third.started
        assert is_up(lab)
    assert not is_up(lab)
    assert processes() == []
    assert not (state_dir / SOCKET).exists()
    assert not (state_dir / "local.tmp").exists()


def test_two_at_once_share_one_lab(user: StartUser, processes: Processes) -> None:
    """Two users who start at the same time share one lab, and may leave by -9."""
    users = user("instant"), user("instant")
    (_, endpoint, one), (_, same, other) = (last_line(each, "ready").split() for each in users)
    assert endpoint == same
    assert {one, other} == {"False", "True"}
    for each in users:
        each.kill()
        each.wait()
    until(lambda: not processes())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_user_that_ends_meanwhile(
    state_dir: Path, user: StartUser, processes: Processes, number: signal.Signals
) -> None:
    """Whose lab is still being built leaves nothing behind, and waits for that at Ctrl-C."""
    only = user("endless")
    last_line(only, "an endless step")
    only.send_signal(number)
    only.wait(5)
    if number == signal.SIGINT:
        assert processes() == []
    until(lambda: not processes() and not (state_dir / SOCKET).exists())
    assert not (state_dir / "local.tmp").exists()


@pytest.mark.parametrize(
    ("provision", "what", "traceback"),
    [
        ("broken", "ValueError: a bug", True),
        ("fatal", "provisioning was killed", False),
    ],
)
def test_failed_provisioning(
    state_dir: Path, processes: Processes, provision: str, what: str, *, traceback: bool
) -> None:
    """An error of provisioning reaches the user, a bug's traceback the log, which is new; nothing is left."""
    (state_dir / "local.log").write_text("an old log")
    with pytest.raises(LocalError, match=what):
        join(state_dir, f"provisions:{provision}")
    log = (state_dir / "local.log").read_text()
    assert "an old log" not in log
    assert ("Traceback" in log) is traceback
    assert processes() == []


@pytest.mark.parametrize(
    ("module", "what"),
    [("subprocess", "did not start"), ("shutil", "ended by itself")],
    ids=["early", "late"],
)
def test_did_not_start(
    module: str,
    what: str,
    state_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    processes: Processes,
) -> None:
    """A process that ends before it serves anybody is an error that names the log, and leaves none."""
    (tmp_path / f"{module}.py").write_text("raise ImportError('an odd Python')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(LocalError, match=what) as caught:
        enter(state_dir)
    assert str(state_dir / "local.log") in caught.value.hint
    assert "an odd Python" in (state_dir / "local.log").read_text()
    until(lambda: not processes())


def test_no_room(state_dir: Path, monkeypatch: pytest.MonkeyPatch, processes: Processes) -> None:
    """Where the disk has no room for a lab none is started, and it is said where."""
    monkeypatch.setattr("wschat.local.shared.ROOM_BYTES", 10**18)
    with pytest.raises(LocalError, match="No space left on device") as caught:
        enter(state_dir)
    assert (caught.value.where, processes()) == (str(state_dir), [])


def test_something_in_the_way(state_dir: Path) -> None:
    """What can't be written is an error that names its place."""
    (state_dir / "local.tmp").touch()
    with pytest.raises(LocalError, match="can't hold a local lab: File exists") as caught:
        enter(state_dir)
    assert caught.value.where == str(state_dir / "local.tmp")


@pytest.mark.parametrize(
    ("there", "lacking"), [("", "ministack, uvicorn, httptools, greenlet"), ("uvicorn", "ministack, ")]
)
def test_missing_extra(there: str, lacking: str) -> None:
    """Without all of the extra the error says how to install it."""
    with pytest.raises(LocalError, match=f"needs {lacking}") as caught:
        check_installed(lambda name: name if name == there else None)
    assert f"{sys.executable} -m pip install '.[local]'" in caught.value.hint


@pytest.mark.parametrize("host", ["127.0.0.1", ""])
def test_port_in_use(host: str, state_dir: Path, processes: Processes) -> None:
    """A port in use is named, and nothing is started."""
    with socket.create_server((host, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=f"port {port} .*in use"):
            enter(state_dir, port=port)
    assert not processes()


@pytest.mark.parametrize(("name", "why"), [("x" * 100, "too long"), ("file/deeper", "can't hold")])
def test_unusable_state_directory(state_dir: Path, name: str, why: str) -> None:
    """A state directory whose path is too long for a socket, or that can't be one, is named."""
    (state_dir / "file").touch()
    with pytest.raises(LocalError, match=why) as caught:
        enter(state_dir / name)
    assert caught.value.where == str(state_dir / name)


def test_coming_and_going(state_dir: Path, processes: Processes) -> None:
    """Whoever joins while the last one leaves gets a lab that works, the old one or a new one."""
    together = threading.Barrier(2)

    def come_and_go() -> None:
        for _ in range(4):
            with enter(state_dir) as lab:
                assert is_up(lab)
        together.wait()

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(come_and_go) for _ in range(2)]:
            done.result(timeout=30)
    assert processes() == []


def test_what_was_asked_for(state_dir: Path) -> None:
    """Who asks for another port or other options than the lab has is told so; who asks for none joins."""
    with closing(listen(None)) as free:
        port = free.getsockname()[1]
    mine = GatewayOptions(idle_timeout=5, shuffle=True)
    with enter(state_dir, port=port, options=mine) as first:
        assert first.endpoint == f"http://127.0.0.1:{port}"
        with pytest.raises(LocalError, match=f"on port {port}"):
            enter(state_dir, port=port + 1)
        with pytest.raises(LocalError, match="with other options"):
            enter(state_dir, options=GatewayOptions(idle_timeout=6))
        for asked in (None, port):
            for options in (AS_ON_AWS, mine):
                with enter(state_dir, port=asked, options=options) as other:
                    assert (other.endpoint, other.started) == (first.endpoint, False)


def test_empty(state_dir: Path) -> None:
    """Who asks for an empty lab does not join one that began with something in it; others take what runs.

    Who only wants to join is told if none runs.
    """
    with pytest.raises(LocalError, match="no lab runs") as caught:
        join(state_dir, None)
    assert "`wschat local` keeps one" in caught.value.hint
    with enter(state_dir) as whole, join(state_dir, None) as same:
        assert (whole.empty, same.endpoint) == (False, whole.endpoint)
        with pytest.raises(LocalError, match="did not begin empty"):
            join(state_dir)
    with join(state_dir) as empty:
        for asked in (join, enter):
            with asked(state_dir) as other:
                assert (other.empty, other.endpoint, other.apis()) == (True, empty.endpoint, [])
