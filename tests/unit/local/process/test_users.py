"""The users of a local lab, as its process sees them: what reaches whom, and what waits."""

import asyncio
import errno
import json
import os
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.asynchronous import asynchronous
from tests.unit.local.test_join import SOCKET, Processes, enter, is_up
from wschat.local.process.users import BUFFER_BYTES, User, Users
from wschat.local.shared import STOP, TRACE, LabFiles, locked


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


@asynchronous
async def test_what_a_user_says() -> None:
    """Requests are told apart by their lines, however they come in pieces."""
    ours, theirs = socket.socketpair()
    with ours:
        user = User(theirs)
        said = user.requests()
        ours.sendall(TRACE + STOP + STOP[:5])
        assert [await anext(said), await anext(said)] == [TRACE, STOP]
        ours.sendall(STOP[5:])
        assert await anext(said) == STOP
        ours.shutdown(socket.SHUT_WR)
        assert [each async for each in said] == []
        user.close()


@asynchronous
async def test_who_does_not_read() -> None:
    """What a user does not read waits, but no more than so much; then traces are left out, and counted."""
    ours, theirs = socket.socketpair()
    with ours:
        ours.setblocking(False)  # noqa: FBT003
        user, told = User(theirs), {"text": "x" * 10_000}
        sent = 2 * BUFFER_BYTES // 10_000
        for _ in range(sent):
            user.trace(told)
        received, loop = b"", asyncio.get_running_loop()

        async def read_until(is_there: Callable[[], bool]) -> None:
            nonlocal received
            while not is_there():
                received += await loop.sock_recv(ours, 1 << 20)

        await read_until(lambda: len(received) > BUFFER_BYTES / 2)
        user.trace(told)
        await read_until(lambda: b"left_out" in received and received.endswith(b"\n"))
        lines = received.splitlines()
        traces = [json.loads(line)["trace"] for line in lines]
        assert BUFFER_BYTES / 10_000 < len(traces) < sent
        assert traces[-1]["left_out"] > sent / 3
        user.close()


class Crowded(socket.socket):
    """A socket that listens, and twice finds no descriptor for who waits."""

    lacking = 2

    def accept(self) -> tuple[socket.socket, object]:
        """Accept who waits."""
        if self.lacking:
            self.lacking -= 1
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return super().accept()


@asynchronous
async def test_no_descriptors(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who can't be let in for want of a descriptor waits, and no error is told but this one."""
    monkeypatch.setattr("wschat.local.process.users.RETRY_S", 0.01)
    files, loop = LabFiles(state_dir), asyncio.get_running_loop()
    with Crowded(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as newcomer:
        listener.bind(str(files.socket))
        listener.listen()
        newcomer.connect(str(files.socket))
        newcomer.setblocking(False)  # noqa: FBT003
        users = Users(files, listener, sys.exit, lambda *_: asyncio.sleep(0))
        listener.setblocking(False)  # noqa: FBT003
        loop.add_reader(listener, users._accept)
        assert b"progress" in await loop.sock_recv(newcomer, 4096)
        loop.remove_reader(listener)
        (user,) = users._connected
        newcomer.shutdown(socket.SHUT_WR)
        await users._connected[user]
        user.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
