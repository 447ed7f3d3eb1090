"""The exported page: whole files or none, through no link, and over nobody else's."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from wschat.errors import UsageError
from wschat.web.export import MANIFEST, export_page
from wschat.web.page import TYPES, Page

OLD, NEW = Page("wss://old.example/x"), Page("wss://new.example/x")
CRASH = """
import os, sys
from itertools import count
from pathlib import Path
from wschat.web.export import export_page
from wschat.web.page import Page
moments = count()
sys.addaudithook(lambda event, _: event == "os.rename" and next(moments) == int(sys.argv[2]) and os._exit(9))
export_page(Page("wss://new.example/x"), Path(sys.argv[1]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a page in it."""
    export_page(OLD, tmp_path / "site")
    return tmp_path / "site"


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_again(folder: Path) -> None:
    """What it wrote it overwrites; what else is there it leaves, and tells of; nothing else is left."""
    assert set(contents(folder)) == {*TYPES, MANIFEST}
    assert folder.joinpath("index.html").stat().st_mode & 0o777 == 0o666 & ~umask()
    (folder / "z").mkdir()
    (folder / "a").touch()
    for page in (NEW, NEW, OLD):
        assert export_page(page, folder) == ["a", "z"]
        assert page.url in (folder / "index.html").read_text()


def umask() -> int:
    """Return what is not given to whom."""
    os.umask(mask := os.umask(0))
    return mask


def spoil(folder: Path, how: str) -> None:
    """Put in a file's place what is not ours, though it may look like it."""
    file = folder / "style.css"
    if how == "manifest":
        (folder / MANIFEST).write_text('{"files": {"style.css": 7}}')
        return
    content = file.read_bytes()
    file.unlink()
    if how == "changed":
        file.write_bytes(content + b"/* mine */")
    elif how == "folder":
        file.mkdir()
    elif how == "fifo":
        os.mkfifo(file)
        os.open(file, os.O_RDWR)  # somebody holds it open, and writes nothing
    else:
        target = folder.parent / "elsewhere.css"
        if how == "link":
            target.write_bytes(content)
        file.symlink_to(target)


@pytest.mark.parametrize("how", ["changed", "folder", "fifo", "link", "nowhere", "manifest"])
def test_what_is_not_ours(folder: Path, how: str) -> None:
    """What was changed, or is a link or no file, is neither overwritten nor followed; nothing is written."""
    spoil(folder, how)
    before = contents(folder), sorted(folder.parent.iterdir())
    with pytest.raises(UsageError, match="not as wschat wrote it") as refused:
        export_page(NEW, folder)
    assert refused.value.where == str(folder / (MANIFEST if how == "manifest" else "style.css"))
    assert (contents(folder), sorted(folder.parent.iterdir())) == before


def test_others_files_and_no_manifest(tmp_path: Path) -> None:
    """A page of somebody else is not overwritten, even one that has our words; one like ours is."""
    (tmp_path / "index.html").write_bytes(OLD.read("index.html") + b"<!-- mine -->")
    with pytest.raises(UsageError, match="not as wschat wrote it"):
        export_page(OLD, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    (tmp_path / "index.html").unlink()
    (tmp_path / "style.css").write_bytes(OLD.read("style.css"))
    assert export_page(OLD, tmp_path) == []


def test_a_full_disk(folder: Path) -> None:
    """Where it can't all be written, nothing is, and nothing of it stays."""
    before = contents(folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, limits[1]))
    try:
        with pytest.raises(OSError, match="what was there is as it was") as failed:
            export_page(NEW, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert failed.value.filename == str(folder)
    assert contents(folder) == before
    assert len(list(folder.iterdir())) == len(before)


@pytest.mark.parametrize("moment", [1, len(TYPES)])
def test_a_crash(folder: Path, moment: int) -> None:
    """Killed in the middle, each file is the old one or the new one; and it can be done again."""
    old = contents(folder)
    export_page(NEW, other := folder.parent / "other")
    new = contents(other)
    assert (
        subprocess.run([sys.executable, "-c", CRASH, str(folder), str(moment)], check=False).returncode == 9
    )
    there = contents(folder)
    assert all(there[name] in (old[name], new[name]) for name in TYPES)
    assert there["index.html"] == old["index.html"]
    left = export_page(NEW, folder)
    assert [name[:8] for name in left] == [".wschat-"]
    assert {name: contents(folder)[name] for name in TYPES} == {name: new[name] for name in TYPES}


def test_the_manifest_of_another_version(folder: Path) -> None:
    """What it says of files that are no part of the page any more stays known."""
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"]["gone.js"] = ["0" * 64]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    (folder / "gone.js").touch()
    assert export_page(NEW, folder) == ["gone.js"]
    assert json.loads((folder / MANIFEST).read_text())["files"]["gone.js"] == ["0" * 64]
