"""What all commands print with: the consoles of stdout and stderr, errors, questions, waiting."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from io import TextIOWrapper
from typing import Any

import rich.console
from rich.cells import cell_len
from rich.markup import escape
from rich.text import Text

from wschat.errors import UsageError, WschatError
from wschat.text import safe

WORD = re.compile(r"(?:`[^`]*`|\S)+ *")
"""What no line ends in; a command in backticks is one."""


class Console(rich.console.Console):
    """A console of whole words.

    In a terminal lines end between words, and go on below where they began; what stands in backticks stays
    in one piece, to be copied, as all does with `soft_wrap=True`.
    """

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401  as rich has it
        """Print as rich does, and a text in lines of whole words."""
        if self.is_terminal and len(objects) == 1 and not options.keys() & {"soft_wrap", "no_wrap"}:
            (text,) = objects
            if isinstance(text, str):
                text = self.render_str(text, markup=options.get("markup"), emoji=options.get("emoji"))
            if isinstance(text, Text):
                objects = (Text("\n").join(self._lines_of(text)),)
        super().print(*objects, **options)

    def _lines_of(self, text: Text) -> Iterator[Text]:
        for line in text.split("\n", allow_blank=True):
            words = [*WORD.finditer(line.plain)]
            indent = words[0].start() if words else 0
            ends, column = list[int](), indent
            for word in words:
                if column + cell_len(word[0].rstrip()) > self.width and column > indent:
                    ends.append(word.start())
                    column = indent
                column += cell_len(word[0])
            *lines, last = line.divide(ends)
            for each in lines:
                each.rstrip()
            first, *others = (*lines, last)
            yield from (first, *(Text(" " * indent).append(each) for each in others))

    @property
    def animated(self) -> bool:
        """Tell whether lines may change in place: in a terminal that can do it, unless NO_COLOR is set."""
        return self.is_interactive and not self.no_color


def stderr() -> Console:
    """Return the console for progress, questions and errors, so that stdout can be piped."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def stdout() -> Console:
    r"""Return the console for what was asked for; what stdout can't encode becomes `\u`."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return Console(highlight=False, soft_wrap=True)


def show_error(error: WschatError, console: Console | None = None, *, hint: bool = True) -> None:
    """Say what happened, where, and (`hint`) what to do now; on stderr if nothing else is said."""
    console = console or stderr()
    where = (f"{safe(error.where)}: ", "bold") if error.where else ""
    console.print(Text.assemble(("Error: ", "bold red"), where, safe(error.what)))
    if error.hint and hint:
        console.print(Text.assemble("  ", ("→ ", "dim"), safe(error.hint)))


def counted(number: int, what: str) -> str:
    """Return how many there are of something, as `1 lab` or `2 labs`."""
    return f"{number} {what}{'s' * (number != 1)}"


def confirm(question: str, *yes: str) -> bool:
    """Ask; any answer but `yes`, or yes itself if nothing is given, is no.

    Raises:
        UsageError: stdin is no terminal.
    """
    if not (sys.stdin and sys.stdin.isatty()):
        raise UsageError(
            f"there is no terminal to ask on: {question}", hint="say --yes, if that is what you want"
        )
    try:
        choice = "" if yes else " [y/N]"
        answer = stderr().input(Text.assemble(question, (choice, "bold"), " "))
    except EOFError:
        return False
    return answer.strip().casefold() in (yes or ("y", "yes"))


@contextmanager
def waiting(what: str, *, plain: bool = False) -> Iterator[Callable[..., None]]:
    """Show that something takes a moment, in place or (`plain`) line by line.

    What is yielded shows how far it is, or what it waits for and for how many seconds already.
    """
    console, shown = stderr(), {what}
    with console.status(what) if console.animated and not plain else nullcontext() as status:

        def show(text: str, seconds: float | None = None) -> None:
            stage = text.partition(" (")[0]
            if status:
                wait = "" if seconds is None else f" ({seconds:.0f} s)"
                status.update(f"{what}{wait}: {escape(text)}")
            elif stage not in shown:
                shown.add(stage)
                console.print(Text(f"  {stage}"))

        if not status:
            console.print(what)
        yield show
