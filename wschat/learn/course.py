"""All lessons in order: the package's own, and a teacher's, which add to them or replace them."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from wschat.errors import UsageError
from wschat.lab.blueprint import blueprint
from wschat.lab.model import Resource
from wschat.learn.lesson import Lesson, parse
from wschat.learn.resources import LABELS, PLAIN, label

STEPS = Path(__file__).parent / "steps"
SHARED = {"deployment", "stage"}
"""What several lessons make, each as it is then."""


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
    resources(lessons)
    return tuple(lessons)


def read(folder: Path) -> tuple[Lesson, ...]:
    """Return the lessons in a folder: its `.md` files, but for hidden ones.

    Raises:
        UsageError: there is none, or one can't be read or is no lesson.
    """
    try:
        files = sorted(each for each in folder.iterdir() if each.suffix == ".md" and each.name[0] != ".")
        texts = {str(file): file.read_bytes() for file in files}
    except OSError as error:
        where = str(error.filename or folder)
        raise UsageError(f"can't be read: {error.strerror}", where=where, hint="give a folder") from None
    if not texts:
        raise UsageError("there is no lesson in it", where=str(folder), hint="put in NN-name.md")
    return tuple(parse(_decoded(text, file), file) for file, text in texts.items())


def _decoded(text: bytes, file: str) -> str:
    try:
        return text.decode("utf-8-sig")  # with a byte order mark, as editors on Windows write it
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise UsageError("this is no UTF-8", where=f"{file}, line {line}", hint="save it as UTF-8") from None


def resources(lessons: Sequence[Lesson]) -> dict[str, tuple[str, ...]]:
    """Return what each lesson makes, by its id, as lessons call it, in the lab's order.

    Raises:
        UsageError: two lessons make the same, or one comes before what it makes can be made.
    """
    named = {each for lesson in lessons for each in lesson.makes}
    made = dict[str, tuple[str, ...]]()
    parts = {label(each): each for each in blueprint(PLAIN)}
    there = dict[str, Lesson]()
    for lesson in lessons:
        own = {*lesson.makes}
        made[lesson.id] = tuple(
            each for each in LABELS if each in own or (each not in named and f"{parts[each].kind} *" in own)
        )
        for each in made[lesson.id]:
            if each in there and each not in SHARED:
                raise lesson.fault(f"{each} is made by {there[each].id} already", "say it in one of them")
        there |= dict.fromkeys(made[lesson.id], lesson)
        for each in made[lesson.id]:
            for needed in _needed(parts[each], parts.values()):
                if needed not in there:
                    hint = f"a lesson before it, or this one, has to make {needed}"
                    raise lesson.fault(f"{each} can't be made without {needed}", hint)
    return made


def _needed(resource: Resource, others: Iterable[Resource]) -> list[str]:
    """Return what a resource can't be made without, but for all of a kind: of those, the ones so far."""
    needed = {key for key in resource.depends_on if key[1]} | {resource.lock_key}
    return [label(each) for each in others if each.is_among(needed)]
