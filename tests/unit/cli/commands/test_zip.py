"""`wschat zip`."""

from pathlib import Path

from tests.support.terminal import wschat
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.bundle import bundle


def test_zip(tmp_path: Path) -> None:
    """It writes what provision uploads, of all or some functions, and tells each file."""
    folder = tmp_path / "a" / "zips"
    done = wschat("zip", "--to", str(folder))
    assert done.stdout.splitlines() == [str(folder / f"{spec.name}.zip") for spec in FUNCTIONS]
    for spec in FUNCTIONS:
        assert (folder / f"{spec.name}.zip").read_bytes() == bundle(spec.module)
    done = wschat("zip", "joinroom", "--to", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'JoinRoom.zip'}\n")
