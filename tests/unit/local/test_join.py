import os
import re
import shlex
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
from wschat.local.join import LocalLab, check_installed, is_in_use, join, listen
from wschat.local.shared import locked

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
            assert lab.url == lab.endpoint.replace("http", "ws") + "/lab"
            assert lab.started
            assert os.getsid(processes()[0]) != os.getsid(0)
            assert (state_dir / SOCKET).stat().st_mode & 0o777 == 0o600
            same = second.enter_context(enter(state_dir))
            assert (same.url, same.endpoint, same.started) == (lab.url, lab.endpoint, False)
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


def test_stop_ends_it_for_all(state_dir: Path, processes: Processes) -> None:
    """Stop returns when all is gone; who asks again and again whether the lab lives hears why it ended."""
    with enter(state_dir) as lab:
        lab.check()
        lab.check()
        enter(state_dir).stop()
        assert processes() == []
        with pytest.raises(LocalError, match="was stopped"):
            lab.check()


def test_a_lab_that_does_not_end(
    state_dir: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stops or leaves a lab that does not end is told so, and how to find its process."""
    monkeypatch.setattr("wschat.local.join.GONE_S", 0.05)
    lab, other = enter(state_dir), enter(state_dir)
    process = processes()[0]
    os.kill(process, signal.SIGSTOP)
    try:
        for end in (lab.stop, lambda: other.__exit__(None, None, None)):
            with pytest.raises(LocalError, match="has not ended") as caught:
                end()
            (found,) = re.findall(r"`(pgrep .*)`", caught.value.hint)
            assert subprocess.check_output(shlex.split(found), text=True).split() == [str(process)]
    finally:
        os.kill(process, signal.SIGCONT)


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


def test_did_not_start(state_dir: Path) -> None:
    """A process that ends before it serves anybody is an error that names the log."""
    (state_dir / "local.tmp").touch()
    with pytest.raises(LocalError, match="did not start") as caught:
        enter(state_dir)
    assert str(state_dir / "local.log") in caught.value.hint
    assert "FileExistsError" in (state_dir / "local.log").read_text()


@pytest.mark.parametrize(
    ("there", "lacking"), [("", "ministack, uvicorn, httptools"), ("uvicorn", "ministack, ")]
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


def test_newcomer_at_the_last_moment(state_dir: Path, processes: Processes) -> None:
    """Whoever comes while the process waits to end the lab keeps it alive, and the one who left is free."""
    leaver = enter(state_dir)
    with ThreadPoolExecutor() as pool, socket.socket(socket.AF_UNIX) as newcomer:
        with locked(state_dir / "local.lock"):
            leaving = pool.submit(leaver.__exit__, None, None, None)
            assert processes()
            newcomer.connect(str(state_dir / SOCKET))
        assert b"ready" in newcomer.recv(4096)
        leaving.result()  # raises if nobody let it go
        assert is_up(leaver)


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
                    assert (other.url, other.started) == (first.url, False)


def test_empty(state_dir: Path) -> None:
    """Who asks for an empty lab does not join one that began with something in it; others take what runs."""
    with enter(state_dir) as whole:
        assert not whole.empty
        with pytest.raises(LocalError, match="did not begin empty"):
            join(state_dir)
    with join(state_dir) as empty:
        for asked in (join, enter):
            with asked(state_dir) as other:
                assert (other.empty, other.endpoint, other.url) == (True, empty.endpoint, "")


def test_frames_go_at_once() -> None:
    """No part of a reply waits until the client has acknowledged the one before."""
    with closing(listen(None)) as server, socket.create_connection(server.getsockname()):
        accepted, _ = server.accept()
        with closing(accepted):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
