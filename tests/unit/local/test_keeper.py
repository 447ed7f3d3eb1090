"""The keeper's bookkeeping of its users, as far as it needs no lab."""

import socket
from pathlib import Path

from tests.support.until import PATIENCE
from wschat.local.emulator import Emulator
from wschat.local.files import LabFiles
from wschat.local.keeper import Keeper


def test_one_comes_as_another_leaves(tmp_path: Path) -> None:
    """Who leaves is free, though the keeper hears of both before it looks whether anybody is left."""
    with (
        socket.socket(socket.AF_UNIX) as listener,
        socket.socket(socket.AF_UNIX) as leaver,
        socket.socket(socket.AF_UNIX) as newcomer,
    ):
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        listener.setblocking(False)  # noqa: FBT003
        emulator = Emulator(tmp_path / "private", tmp_path / "log")
        keeper = Keeper(LabFiles(tmp_path), listener, emulator, "")
        leaver.connect(listener.getsockname())
        keeper._greet(listener)
        (user,) = keeper._users
        leaver.shutdown(socket.SHUT_WR)
        keeper._hear(user)
        newcomer.connect(listener.getsockname())
        keeper._greet(listener)
        assert not keeper._end()
        leaver.settimeout(PATIENCE)
        while leaver.recv(4096):
            pass
        keeper._selector.close()
        for each in (keeper._bell, keeper._bell_rope, *keeper._users):
            each.close()
