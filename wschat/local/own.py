"""A local lab of one's own, that nobody else joins by chance, and of which nothing is left."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from wschat.errors import LocalError
from wschat.local.access.root import check_place
from wschat.local.join import LocalLab, join
from wschat.local.shared import LabFiles, holding, locked

PREFIX = "run-"


@contextmanager
def own_lab(state_dir: Path, provision: str = "", **wanted: Any) -> Iterator[LocalLab]:  # noqa: ANN401
    """Run a lab in a directory of its own under the state directory, and end it for all who joined it.

    Args:
        state_dir: what stands in it, such as Node's packages, is there for the lab's functions, too.
        provision: as `join` takes it.
        wanted: what else `join` takes.

    Raises:
        LocalError: it does not start, or does not end.
    """
    with own_directory(state_dir) as place, join(place, provision, **wanted) as lab:
        try:
            yield lab
        finally:
            lab.stop()


@contextmanager
def own_directory(state_dir: Path) -> Iterator[Path]:
    """Make a directory, and remove it in the end, and those whose makers were killed.

    Its maker has a lock on it. After a LocalError it stays until the next one is made, for its log says why.
    """
    with holding(state_dir):
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_place(state_dir)
    with holding(state_dir), locked(LabFiles(state_dir).lock):
        for left in state_dir.glob(f"{PREFIX}*"):
            _remove_unless_used(left)
        place = Path(mkdtemp(prefix=PREFIX, dir=state_dir))
        used = os.open(place, os.O_RDONLY)
        fcntl.flock(used, fcntl.LOCK_EX)
    is_kept = False
    try:
        yield place
    except LocalError:
        is_kept = True
        raise
    finally:
        if not is_kept:
            shutil.rmtree(place, ignore_errors=True)
        os.close(used)


def _remove_unless_used(place: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(place)
        finally:
            os.close(descriptor)
