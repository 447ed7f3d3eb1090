"""What stands where a file should: a named pipe would be waited for for ever, and a device may never end."""

import stat
from pathlib import Path

from wschat.errors import UsageError

KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
MOVE = "name another file, or move this away"


def regular(path: Path, *, hint: str = MOVE) -> Path:
    """Return a path where a file may be opened: there is one, or nothing, or opening it tells what is wrong.

    Raises:
        UsageError: something else stands there.
    """
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except (OSError, ValueError):
        return path
    if kind in KINDS:
        raise UsageError(f"this is {KINDS[kind]}, and should be a file", where=str(path), hint=hint)
    return path
