"""What people see of a plan that is carried out: steps as they run, wait and end, and how it stops."""

import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

from rich.status import Status
from rich.text import Text

from wschat.cli.console import Console, show_error, stderr
from wschat.lab.plan import Phase, Progress, Step, Verb
from wschat.text import safe

T = TypeVar("T")
LINES = 8  # steps under way that are shown at a time
SPINNER = 3  # columns that are taken before a line
LONG_S = 10.0  # seconds: who waits longer is told of it even where nothing can be shown in place
LOOKING = "Looking at what there is now"


class Steps:
    """Shows the steps of one run; afterwards tells what of them was done.

    `commands` is what to type for each command that an error's hint names.
    """

    def __init__(self, commands: Mapping[str, str]) -> None:
        self._commands = commands
        self.done = 0
        self._failed = 0
        self._unfinished = 0
        self._hints = set[str]()
        self._console = stderr()
        self._status: Status | None = None
        self._under_way: dict[Step, _Line] = {}
        self._told: dict[str, float] = {}

    def show(self, progress: Generator[Progress, None, T]) -> T:
        """Show steps as they come; return what they lead to."""
        with _in_place(self._console) as self._status:
            try:
                while True:
                    self._take(next(progress))
            except StopIteration as end:
                outcome: T = end.value
                return outcome
            finally:
                self._unfinished += len([step for step in self._under_way if step.verb is not Verb.CHECK])

    @property
    def counts(self) -> dict[str, int]:
        """How many steps were done, failed if any did, or are still under way."""
        failed = {"failed": self._failed} if self._failed else {}
        return {"done": self.done, **failed, "under way": self._unfinished}

    def wait(self, why: str, seconds: float) -> None:
        """Show that something is waited for when no step is under way."""
        self._update(LOOKING, why, seconds)

    def stopping(self) -> None:
        """Say that the person's wish to stop was heard."""
        self._console.print("Stopping: the calls in flight end first. Ctrl-C again stops at once.")

    def _take(self, each: Progress) -> None:
        step = each.step
        if each.phase is Phase.BEGUN:
            self._under_way[step] = _Line(str(step))
        elif each.phase is Phase.WAITING:
            self._under_way[step] = _Line(str(step), each.waiting, each.seconds)
            self._update(str(step), each.waiting, each.seconds)
            return
        else:
            self._under_way.pop(step, None)
            self._end(each)
        self._update()

    def _end(self, each: Progress) -> None:
        if each.step.verb is Verb.CHECK and each.phase not in {Phase.FAILED, Phase.GIVEN_UP}:
            return
        task = (f"{each.step.task.value.partition(':')[0]} ", "dim")
        if each.phase is Phase.DONE:
            self.done += 1
            sign, time = ("✓ ", "green"), (f" {each.seconds:.1f} s", "dim")
            self._console.print(Text.assemble(task, sign, safe(str(each.step)), time))
            return
        self._unfinished += each.phase is Phase.STOPPED
        self._failed += each.phase is not Phase.STOPPED
        how = " (stopped in the middle)" if each.phase is Phase.STOPPED else ""
        self._console.print(Text.assemble(task, ("✗ ", "red"), safe(str(each.step)), how))
        if each.error:
            each.error.complete(self._commands)
            show_error(each.error, self._console, hint=each.error.hint not in self._hints)
            self._hints.add(each.error.hint)

    def _update(self, what: str = LOOKING, why: str = "", seconds: float = 0.0) -> None:
        """Show in place what is under way; where that can't be, tell of a wait after 10, 20, 40 seconds."""
        if self._status:
            lines = list(self._under_way.values()) or [_Line(what, why, seconds)]
            more = [_Line(f"and {len(lines) - LINES} more")] if len(lines) > LINES else []
            width = self._console.width - SPINNER
            self._status.update(Text("\n  ").join(line.fit(width) for line in (*lines[:LINES], *more)))
        elif why and seconds >= self._told.setdefault(what, LONG_S):
            self._told[what] *= 2
            self._console.print(Text(safe(f"  {_Line(what, why, seconds)}")))


@dataclass(frozen=True)
class _Line:
    """What goes on, why it waits if it does, and for how many seconds already."""

    what: str
    why: str = ""
    seconds: float = 0.0

    @property
    def _parts(self) -> tuple[str, str]:
        return (f"{self.what}: {self.why}", f" ({self.seconds:.0f} s)") if self.why else (self.what, "")

    def __str__(self) -> str:
        return "".join(self._parts)

    def fit(self, width: int) -> Text:
        """Return it in so many columns; the seconds are kept."""
        text, seconds = self._parts
        line = Text(safe(text))
        line.truncate(width - len(seconds), overflow="ellipsis")
        return line.append(seconds)


@contextmanager
def _in_place(console: Console) -> Iterator[Status | None]:
    if not console.animated:
        yield None
        return
    with console.status(LOOKING) as status:
        yield status


@contextmanager
def stoppable(stop: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl-C call `stop`, which lets the calls in flight end; the second stops at once.

    It is called in a thread of its own: what it needs may be locked where the signal came.
    """

    def first(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=stop, daemon=True).start()

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
