"""All lessons: those of the package, and a teacher's, which are checked."""

import os
from pathlib import Path

import pytest

from wschat.errors import UsageError
from wschat.learn.course import course


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')[1:]}.md").write_text(text)
    return folder


def test_a_teachers_lessons(tmp_path: Path) -> None:
    """A file adds a lesson where its number says, or replaces the one of the same name."""
    (tmp_path / "notes.txt").write_text("no lesson")
    (tmp_path / ".05-hidden.md").write_text("no lesson")
    theirs = write(tmp_path, _035_ours="---\ntitle: Ours\n---", _18_page="---\ntitle: Our page\n---")
    numbers = [(each.number, each.id) for each in course(theirs)]
    assert numbers[3:4] + numbers[-1:] == [("035", "ours"), ("18", "page")]
    assert len(numbers) == len(course()) + 1
    assert next(each.title for each in course(theirs) if each.id == "page") == "Our page"


@pytest.mark.parametrize(
    ("files", "where", "says"),
    [
        ({}, "", "there is no lesson in it"),
        ({"_05_mine": "---\ntitle: T\n---"}, "05-mine.md", "the number 05 is taken"),
        ({"_05_mine": "title"}, "05-mine.md, line 1", "begins with a line"),
        ({"_055_mine": "---\ntitle: T\nmakes: API\n---"}, "07-api.md, line 3", "API is made by mine already"),
        ({"_035_role": "---\ntitle: T\n---"}, "05-connect-function.md, line 3",
         "function Connect can't be made without role ConnectRole"),
        ({"_015_deploy": "---\ntitle: T\nmakes: deployment\n---"},
         "015-deploy.md, line 3", "deployment can't be made without API"),
    ],
)  # fmt: skip
def test_faults(tmp_path: Path, files: dict[str, str], where: str, says: str) -> None:
    """What is wrong between lessons is told where it stands."""
    with pytest.raises(UsageError) as caught:
        course(write(tmp_path, **files))
    assert (where in caught.value.where, says in caught.value.what) == (True, True), caught.value


def test_unreadable(tmp_path: Path) -> None:
    """A folder that is none, and a file that is no text, are told."""
    with pytest.raises(UsageError, match="can't be read"):
        course(tmp_path / "none")
    (tmp_path / "05-mine.md").write_bytes(b"---\ntitle: \xff\n---")
    with pytest.raises(UsageError, match="no UTF-8") as caught:
        course(tmp_path)
    assert caught.value.where.endswith("05-mine.md, line 2")


def test_what_is_no_file_to_read(tmp_path: Path) -> None:
    """Nothing that never ends is read, nor what is too large to be a lesson; a link to a lesson is."""
    file = tmp_path / "05-mine.md"
    lesson = tmp_path / "lesson"
    lesson.write_text("---\ntitle: Our page\n---")
    (tmp_path / "18-page.md").symlink_to(lesson)
    assert course(tmp_path)[-1].title == "Our page"
    for make, says in (
        (lambda: os.mkfifo(file), "a named pipe"),
        (lambda: file.symlink_to("/dev/zero"), "a device"),
        (lambda: file.symlink_to(file.name), "can't be read"),
        (lambda: file.write_bytes(b"x" * 100_001), "larger than 100,000 bytes"),
    ):
        make()
        with pytest.raises(UsageError, match=says) as caught:
            course(tmp_path)
        assert caught.value.where == str(file)
        file.unlink()
