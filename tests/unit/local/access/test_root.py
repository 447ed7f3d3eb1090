"""The root's key: in a file that is its owner's alone, wherever that is put."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.local.test_join import enter
from wschat.errors import LocalError
from wschat.local.access.root import RootKey, check_place, make_key, read_key, write_key

KEY = RootKey("AKIA", "secret")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one's own."""
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    return folder


def test_no_two_labs_have_the_same(state_dir: Path) -> None:
    """Each lab has a key of its own, long and in AWS's form; who joins it reads it, and it ends with it."""
    with enter(state_dir) as lab, enter(state_dir) as same:
        assert same.root == lab.root
        file = state_dir / "local.tmp" / "credentials"
        assert [path.stat().st_mode & 0o777 for path in (file.parent, file)] == [0o700, 0o600]
        assert lab.root.secret in file.read_text()
    with enter(state_dir) as other:
        pass
    assert not file.exists()
    for first, second in ((lab.root.id, other.root.id), (lab.root.secret, other.root.secret)):
        assert first != second
    assert re.fullmatch("AKIA[A-Z2-7]{16}", lab.root.id)
    assert re.fullmatch(r"[\w-]{40}", lab.root.secret)
    assert lab.root.secret not in repr(lab)
    assert lab.root.secret not in (state_dir / "local.log").read_text()


def test_written_and_read(folder: Path) -> None:
    """What was written is read, also where it holds what a settings file gives a meaning."""
    key = RootKey(make_key().id, "%(x)s;#=")
    write_key(folder, key)
    assert read_key(folder) == key


def link(folder: Path) -> None:
    """Let the file be a link to one that could be read."""
    write_key(folder, KEY)
    (folder / "credentials").rename(folder / "other")
    (folder / "credentials").symlink_to(folder / "other")


def readable(folder: Path) -> None:
    """Let others read the file."""
    write_key(folder, KEY)
    (folder / "credentials").chmod(0o640)


def open_folder(folder: Path) -> None:
    """Let others look into the folder."""
    write_key(folder, KEY)
    folder.chmod(0o701)


def linked_folder(folder: Path) -> None:
    """Let the folder be a link to one's own."""
    write_key(folder, KEY)
    folder.rename(folder.parent / "elsewhere")
    folder.symlink_to(folder.parent / "elsewhere")


@pytest.mark.parametrize("attack", [link, readable, open_folder, linked_folder, lambda _: None])
def test_what_is_not_read(folder: Path, attack: Callable[[Path], None]) -> None:
    """No key is taken from a link, from what others can read, or from nowhere: an error names the place."""
    attack(folder)
    with pytest.raises(LocalError, match="credentials") as caught:
        read_key(folder)
    assert caught.value.where.startswith(str(folder))


def test_what_is_not_written(folder: Path) -> None:
    """Nothing is written through a link, over a file, or to a folder that others can look into."""
    elsewhere = folder.parent / "elsewhere"
    file = folder / "credentials"
    for is_link in (True, False):
        if is_link:
            file.symlink_to(elsewhere)
        else:
            file.touch()
        with pytest.raises(FileExistsError):
            write_key(folder, KEY)
        file.unlink()
    folder.chmod(0o750)
    with pytest.raises(LocalError, match="not its owner's alone"):
        write_key(folder, KEY)
    assert [*folder.iterdir()] == []
    assert not elsewhere.exists()


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o1777])
def test_a_place_where_others_write(folder: Path, mode: int) -> None:
    """A lab does not live where somebody else could put a socket or a folder in its place."""
    folder.chmod(mode)
    with pytest.raises(LocalError, match="others may write") as caught:
        enter(folder)
    assert caught.value.hint == f"chmod go-w {folder}"
    assert [*folder.iterdir()] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_place_of_another_user(folder: Path) -> None:
    """Nor does it live in a directory of somebody else, nor is a key taken from there."""
    write_key(folder, KEY)
    os.chown(folder, 65534, -1)
    with pytest.raises(LocalError, match="another user"):
        check_place(folder)
    with pytest.raises(LocalError, match="not its owner's alone"):
        read_key(folder)
