"""The user's end of the socket to a local lab: how one leaves it, and what ends it."""

import os
import re
import shlex
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.support.until import PATIENCE
from tests.unit.local.test_join import Processes, enter
from wschat.errors import LocalError


def test_stop_ends_it_for_all(state_dir: Path, processes: Processes) -> None:
    """Stop returns when all is gone; who asks again and again whether the lab lives hears why it ended."""
    with enter(state_dir) as lab:
        lab.check()
        lab.check()
        enter(state_dir).stop()
        assert processes() == []
        with pytest.raises(LocalError, match="was stopped"):
            lab.check()


def test_two_who_ask_at_once(state_dir: Path) -> None:
    """While one thread looks whether the lab lives, another gets the answer to what it asks."""
    with enter(state_dir) as lab:
        for _ in range(10):  # either could be first
            looking = threading.Thread(target=lab.check, args=(0.03,), daemon=True)
            asking = threading.Thread(target=lab.apis, daemon=True)
            looking.start()
            asking.start()
            for thread in (looking, asking):
                thread.join(PATIENCE)
                assert not thread.is_alive()


def test_a_lab_that_does_not_end(
    state_dir: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stops or leaves a lab that does not end is told so, and how to find its process."""
    monkeypatch.setattr("wschat.local.connection.GONE_S", 0.05)
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
