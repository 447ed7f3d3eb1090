"""What lessons look like at a terminal of any width; a dumb one gets lines without colours and boxes."""

import os
import re
import textwrap
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown
from rich.text import Text
from rich.theme import Theme

from wschat.cli import console
from wschat.learn.choices import Choice
from wschat.learn.lesson import Lesson
from wschat.learn.line_notes import listing
from wschat.learn.observe.scene import Sight
from wschat.learn.resources import KINDS
from wschat.text import safe

WIDEST = 100
"""Columns of a text, however wide the terminal is."""
MOST = 3
"""So many of a kind are named in a title; more would push it off the screen."""
WHEN_DONE = "\n(When the lesson is done, and i finds it right, this is to be seen:)"
LAST = (
    "That was the last lesson. Before you clean up: in another terminal, this breaks one thing, for you to"
    " find:\n  {}\nq leaves; b goes back; l lists them all."
)
DIFFERS = (
    "This is a lab on this machine: all is as on AWS, but that there is no console, that what takes AWS"
    " seconds is there at once, and that it costs nothing. It ends with the last who uses it, and then all"
    " in it is gone."
)
THEME = Theme({"markdown.code": "bold"})
BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```\n?", re.MULTILINE | re.DOTALL)


class Headline(Heading):
    """A heading that is no box, and stands where a line begins."""

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        """Yield it in bold."""
        yield Text(self.text.plain, "bold")


class Indented(CodeBlock):
    """Lines to be typed, a little to the right."""

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        """Yield them in bold."""
        yield Text(textwrap.indent(self.text.plain.rstrip(), "  "), "bold")


class Prose(Markdown):
    """Markdown as a lesson has it."""

    elements: ClassVar = {**Markdown.elements, "heading_open": Headline, "code_block": Indented}


def be_plain() -> None:
    """Take the terminal for one that can show nothing but lines: no colours, no boxes, no redrawing."""
    os.environ["TERM"] = "dumb"


def is_plain() -> bool:
    """Tell whether the terminal is taken for such a one."""
    return os.environ.get("TERM", "dumb") == "dumb"


def show_markdown(text: str) -> None:
    """Show a text of Markdown, whoever wrote it; blocks of code as they are, to be copied."""
    out = console.stdout()
    prose, *blocks = BLOCK.split("\n".join(map(safe, text.splitlines())))
    _show_prose(out, prose)
    for code, after in zip(blocks[::2], blocks[1::2], strict=True):
        out.out(textwrap.dedent(code), highlight=False, end="")
        _show_prose(out, after)
    out.print()


def _show_prose(out: console.Console, text: str) -> None:
    if text.strip():
        with out.use_theme(THEME):
            show_wrapped(Prose(text), out)


def show_wrapped(text: Text | Markdown, out: console.Console | None = None) -> None:
    """Show a text in lines that one can read, however wide the terminal is."""
    out = out or console.stdout()
    out.print(text, width=min(out.width, WIDEST), soft_wrap=False)


def show_differences(line: str) -> None:
    """Say what of a local lab is not as on AWS, and after which line another terminal works on it."""
    show_wrapped(Text(DIFFERS))
    out = console.stdout()
    out.print("In another terminal, after this line, aws and boto3 take it for AWS:")
    out.print(f"  {line}", soft_wrap=True, markup=False)


def show_title(lesson: Lesson, number: int, of: int, makes: Iterable[str], *, made: bool) -> None:
    """Show what a lesson is about, and what it makes, if that is not there already."""
    out = console.stdout()
    out.print()
    done = " (it is all there)" if made else ""
    out.print(Text.assemble((f"Lesson {number} of {of}: {safe(lesson.title)}", "bold"), done))
    if named := "; ".join(_by_kind(makes)):
        show_wrapped(Text(f"It makes: {named}", "dim"), out)
    out.print()


def _by_kind(makes: Iterable[str]) -> Iterator[str]:
    """Yield what a lesson makes, with each kind named once; of more than `MOST` only how many there are."""
    for kind, some in groupby(
        makes, lambda each: next(kind for kind in KINDS if f"{each} ".startswith(f"{kind} "))
    ):
        names = [each.removeprefix(kind).strip() for each in some]
        several = f"{len(names)} {kind}s".replace("ys", "ies")
        yield several if len(names) > MOST else f"{kind} {', '.join(names)}".strip()


def show_list(lessons: Sequence[Lesson], here: Lesson, done: Container[str]) -> None:
    """Show all lessons, where one is among them, and which are done, by their ids."""
    out = console.stdout()
    width = max(len(each.id) for each in lessons)
    for each in lessons:
        mark = "*" if each is here else " "
        state = " (done)" if each.id in done else ""
        out.print(Text(f"{mark} {each.number}  {each.id.ljust(width)}  {each.title}{state}"))
    out.print("A number or a name goes to that lesson.")


def show_end(drill: str) -> None:
    """Say what comes after the last lesson; `drill` is what to type for a drill."""
    console.stdout().print(Text(LAST.format(drill)))


def show_choices(choices: Sequence[Choice]) -> None:
    """Show what can be chosen, by which letter or word; on a terminal lines end between two choices."""
    out, between, shown, column = console.stdout(), "," if is_plain() else " ·", Text(), 0
    for each in choices:
        choice = Text.assemble((each.letter, "bold"), f" {each.what}")
        if shown:
            fits = not out.is_terminal or column + len(f"{between} {choice}{between}") <= out.width
            column = column + len(f"{between} ") if fits else 0
            shown.append(f"{between} " if fits else f"{between}\n")
        shown.append(choice)
        column += len(choice)
    out.print(shown)


def toolbar(choices: Iterable[Choice], columns: int) -> str:
    """Return the choices in as few lines as so many columns need."""
    words = "  ".join(f"{each.letter}\u00a0{each.name}" for each in choices)
    return "\n".join(textwrap.wrap(words, columns, break_long_words=False)).replace("\u00a0", " ")


def show_sight(sight: Sight) -> None:
    """Show one thing that was seen: when, who did what, and its text as it is."""
    when = (f"{sight.seconds:7.3f} s  ", "dim")
    several = "\n" if "\n" in sight.text else ""
    who = (f"{sight.who}:{several or ' '}", "bold") if sight.who else ""
    console.stdout().print(Text.assemble(when, who, sight.text))


def code(module: str, columns: int) -> str:
    """Return a function's source, with its notes under the lines that they are of."""
    width = min(columns, WIDEST)
    lines = [f"wschat/functions/{module}.py", ""]
    for number, (line, note) in enumerate(listing(module), 1):
        lines.append(f"{number:3}  {line}".rstrip())
        if note:
            indent = " " * (len(line) - len(line.lstrip()) + 5)
            first, other = f"{indent}note: ", f"{indent}      "
            lines += [*textwrap.wrap(note, width, initial_indent=first, subsequent_indent=other), ""]
    return "\n".join(lines) + "\n"
