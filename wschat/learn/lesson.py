"""One lesson: Markdown with a small header, which can be read without the program; checked line by line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wschat.errors import UsageError
from wschat.lab.blueprint import FUNCTIONS
from wschat.learn.observe.known import problem
from wschat.learn.resources import KINDS, LABELS

FILE = re.compile(r"(\d{2,})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
"""A lesson's file: its number, by whose digits lessons are sorted (08, 085, 09), and its id."""
RULE = "---"
"""The line before the header and after it."""
HEADER = ("title", "makes", "code", "see")
HEADINGS = {
    "## Given role": "given",
    "## Hint": "hint",
    "## See": "shows",
    "## Question": "question",
    "### Answer": "answer",
}
FENCE = re.compile(r" {0,3}(```|~~~)")
PLACEHOLDER = re.compile(r"\{(prefix|region|account|url|role|options)\}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
MODULES = {spec.module for spec in FUNCTIONS}
ALLOWED = f"headings may be {', '.join(HEADINGS)}"


@dataclass(frozen=True)
class Question:
    """A question to think about before the answer is shown; both are Markdown."""

    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson; its texts are Markdown.

    Attributes:
        id: its name, of small letters, digits and hyphens.
        number: the digits of its file's name.
        title: one line.
        makes: what lessons call the resources that it makes, or `KIND *`.
        code: modules of `wschat/functions`, to read.
        see: observations, each its name and its arguments.
        why: why these are there, and what fails without them.
        given: what is different where a role was given to all functions.
        hint: for who is stuck.
        shows: what the observation shows, and what to look for.
        questions: to answer before going on.
        file: where it was read.
        lines: the line there of each field of the header, the last one of `see`.
    """

    id: str
    number: str
    title: str
    makes: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    why: str = ""
    given: str = ""
    hint: str = ""
    shows: str = ""
    questions: tuple[Question, ...] = ()
    file: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    def fault(self, what: str, hint: str = "", at: str = "makes") -> UsageError:
        """Return the error of a field of the header."""
        return _fault(self.file, self.lines.get(at, 1), what, hint)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text of a lesson with the values of its placeholders in it."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def parse(text: str, file: str) -> Lesson:
    """Read a lesson; `file` is its path, of which the last part is its name.

    Raises:
        UsageError: something is wrong in it, with the file, the line, and what is allowed.
    """
    name = FILE.fullmatch(re.split(r"[/\\]", file)[-1])
    if not name:
        form = "two or more digits, a hyphen, small letters, digits and hyphens, and .md: 05-my-lesson.md"
        raise UsageError("this is no name of a lesson", where=file, hint=f"name it by {form}")
    lines = text.splitlines()
    _check_text(lines, file)
    if not lines or lines[0].rstrip() != RULE:
        raise _fault(file, 1, f"a lesson begins with a line {RULE}", "put the header between two of them")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == RULE), None)
    if end is None:
        raise _fault(file, 1, f"the header has no end, which is a line {RULE}")
    fields, where = _header(lines[1:end], file)
    fields |= _body(lines, end + 1, file)
    lesson = Lesson(id=name[2], number=name[1], **fields, file=file, lines=where)
    for makes in lesson.makes:
        if makes not in LABELS and makes not in {f"{kind} *" for kind in KINDS}:
            raise lesson.fault(f"the lab has no {makes!r}", _alike(makes))
    for module in lesson.code:
        if module not in MODULES:
            hint = f"it has {', '.join(sorted(MODULES))}"
            raise lesson.fault(f"wschat/functions has no {module!r}", hint, at="code")
    for see in lesson.see:
        if wrong := problem(see):
            raise lesson.fault(f"nobody can see {see!r}", wrong, at="see")
    return lesson


def _check_text(lines: list[str], file: str) -> None:
    for number, line in enumerate(lines, 1):
        if found := CONTROL.search(line):
            raise _fault(file, number, f"{found[0]!r} steers a terminal, and is no text", "take it out")


def _fault(file: str, line: int, what: str, hint: str = "") -> UsageError:
    return UsageError(what, where=f"{file}, line {line}", hint=hint)


def _alike(makes: str) -> str:
    """Say what there is of the kind that is meant."""
    kind = next((kind for kind in KINDS if makes.startswith(kind)), "")
    alike = [label for label in LABELS if kind and label.startswith(kind)]
    return f"it has {', '.join(alike)}" if alike else f"give KIND NAME, of these kinds: {', '.join(KINDS)}"


def _header(lines: list[str], file: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the fields of a header, and the line of each; `see` may stand there several times."""
    found, where = dict[str, list[str]](), dict[str, int]()
    for number, line in enumerate(lines, 2):
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or key not in HEADER:
            raise _fault(file, number, f"{line.strip()!r} is no line of a header", f"it has {_list(HEADER)}")
        if not value:
            raise _fault(file, number, f"{key} is empty", "say what, or leave the line out")
        if key in found and key != "see":
            raise _fault(file, number, f"{key} stands there twice", f"it is in line {where[key]} already")
        found.setdefault(key, []).append(value)
        where[key] = number
    if "title" not in found:
        raise _fault(file, 1, "there is no title", "give it one in the header: `title: The first table`")
    split: dict[str, Callable[[list[str]], object]] = {
        "title": lambda values: values[0],
        "makes": lambda values: tuple(part.strip() for part in values[0].split(",")),
        "code": lambda values: tuple(part.strip() for part in values[0].split(",")),
        "see": tuple,
    }
    return {key: split[key](values) for key, values in found.items()}, where


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}: …`" for name in names)


def _body(lines: list[str], start: int, file: str) -> dict[str, Any]:
    """Return the texts of a lesson, whose body starts after so many lines."""
    sections = [("why", start + 1, list[str]())]
    fenced = ""
    for number, line in enumerate(lines[start:], start + 1):
        fence = FENCE.match(line)
        if fence and fenced in {"", fence[1]}:
            fenced = "" if fenced else fence[1]
        if line.startswith("#") and not fenced:
            if line.rstrip() not in HEADINGS:
                raise _fault(file, number, f"there is no heading {line.strip()!r} in a lesson", ALLOWED)
            sections.append((HEADINGS[line.rstrip()], number, []))
        else:
            sections[-1][2].append(line)
    if fenced:
        raise _fault(file, len(lines), f"a block of code has no end, which is a line {fenced}")
    return _texts([(name, number, "\n".join(text).strip()) for name, number, text in sections], file)


def _texts(sections: list[tuple[str, int, str]], file: str) -> dict[str, Any]:
    found, asked = dict[str, Any](), list[Question]()
    following = [*(name for name, *_ in sections[1:]), ""]
    before = ""
    for (name, number, text), after in zip(sections, following, strict=True):
        if not text and name != "why":
            raise _fault(
                file, number, f"there is nothing under this {name}", "say something, or leave it out"
            )
        if name in found:
            raise _fault(file, number, "this heading stands there twice", "of the others there is one each")
        if (name == "question") != (after == "answer"):
            what = "a question has one answer" if name == "question" else "an answer follows its question"
            raise _fault(file, number, what, "`### Answer` stands under its `## Question`, once")
        if name == "answer":
            asked.append(Question(before, text))
        elif name != "question":
            found[name] = text
        before = text
    return found | {"questions": tuple(asked)}
