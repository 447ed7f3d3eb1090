"""All lessons in order: the package's own, and a teacher's, which add to them or replace them."""

from itertools import pairwise
from pathlib import Path

from wschat.errors import UsageError
from wschat.learn.lesson import Lesson, parse
from wschat.learn.order import made
from wschat.system.files import regular

STEPS = Path(__file__).parent / "steps"
LARGEST = 100_000
"""Bytes of a lesson, some twenty times what one has."""


def course(folder: Path | None = None) -> tuple[Lesson, ...]:
    """Return all lessons in order, a teacher's `folder` with them.

    Raises:
        UsageError: a file can't be read, or is no lesson; or they don't fit each other.
    """
    own, added = read(STEPS), read(folder) if folder else ()
    replaced = {each.id for each in added}
    kept = (each for each in own if each.id not in replaced)
    lessons = sorted((*kept, *added), key=lambda each: each.number)
    for one, other in pairwise(lessons):
        if one.number == other.number:
            hint = f"{one.file} has it, too: {one.number}5 would come after it"
            raise UsageError(f"the number {one.number} is taken", where=other.file, hint=hint)
    made(tuple(lessons))
    return tuple(lessons)


def read(folder: Path) -> tuple[Lesson, ...]:
    """Return the lessons in a folder: its `.md` files, but for hidden ones.

    Raises:
        UsageError: there is none, or one can't be read or is no lesson.
    """
    try:
        files = sorted(each for each in folder.iterdir() if each.suffix == ".md" and each.name[0] != ".")
        texts = {str(file): _read(file) for file in files}
    except OSError as error:
        where = str(error.filename or folder)
        raise UsageError(f"can't be read: {error.strerror}", where=where, hint="give a folder") from None
    if not texts:
        raise UsageError("there is no lesson in it", where=str(folder), hint="put in NN-name.md")
    return tuple(parse(_decoded(text, file), file) for file, text in texts.items())


def _read(file: Path) -> bytes:
    """Read a file that ends: who has many in a folder may have a pipe or a film among them."""
    hint = "move it out of the folder, or give it a name that does not end in .md"
    with regular(file, hint=hint).open("rb") as opened:
        text = opened.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise UsageError(f"this is larger than {LARGEST:,} bytes", where=str(file), hint=hint)
    return text


def _decoded(text: bytes, file: str) -> str:
    try:
        return text.decode("utf-8-sig")  # with a byte order mark, as editors on Windows write it
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise UsageError("this is no UTF-8", where=f"{file}, line {line}", hint="save it as UTF-8") from None
