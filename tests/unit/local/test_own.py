"""A local lab of one's own: nobody else is in it, and nothing of it is left, however it ends."""

from contextlib import suppress
from pathlib import Path

import pytest

from tests.unit.local.test_join import Processes, is_up
from wschat.errors import LocalError
from wschat.local.join import join
from wschat.local.own import own_directory, own_lab


def test_nobody_else_is_in_it(state_dir: Path, processes: Processes) -> None:
    """It runs beside the lab of the state directory, and ends for whoever joined it by its own directory."""
    with join(state_dir, "provisions:instant") as shared:
        with own_lab(state_dir) as own:
            assert own.endpoint != shared.endpoint
            assert own.empty
            guest = join(own.state_dir, None)
        assert not is_up(own)
        with guest, pytest.raises(LocalError, match="was stopped"):
            guest.check()
        assert is_up(shared)
        assert [*state_dir.glob("run-*")] == []
    assert processes() == []


def test_directories_of_the_dead(state_dir: Path) -> None:
    """Whoever makes one removes those whose makers were killed, and no other; one with an error is kept."""
    dead = state_dir / "run-dead"
    dead.mkdir()
    (dead / "local.log").touch()
    with own_directory(state_dir) as place, own_directory(state_dir) as other:
        assert {*state_dir.glob("run-*")} == {place, other}
        assert place.stat().st_mode & 0o777 == 0o700
    with suppress(LocalError), own_directory(state_dir) as place:
        raise LocalError("its log says why")
    assert [*state_dir.glob("run-*")] == [place]
    with suppress(KeyboardInterrupt), own_directory(state_dir):
        raise KeyboardInterrupt
    assert [*state_dir.glob("run-*")] == []


def test_a_place_of_others(state_dir: Path) -> None:
    """Where others could put another in its place there is none."""
    state_dir.chmod(0o777)
    with pytest.raises(LocalError, match="others may write"), own_directory(state_dir):
        pass
    state_dir.chmod(0o700)
    assert [*state_dir.iterdir()] == []
