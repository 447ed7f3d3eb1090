"""What people see of a plan that is carried out: steps as they run, wait and end, and how it stops."""

import os
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from rich.console import Console
from rich.status import Status
from rich.text import Text

from wschat.chat.render import safe
from wschat.console import screen, show_error
from wschat.lab.steps import Moment, Progress, Step, Verb

T = TypeVar("T")
LINES = 8  # steps under way that are shown at a time
SPINNER = 3  # columns that are taken before a line
LONG_S = 10.0  # seconds: who waits longer is told of it even where nothing can be shown in place


class Steps:
    """Shows the steps of one run; afterwards tells what of them was done."""

    def __init__(self) -> None:
        self.done = 0
        self.unfinished: list[Step] = []
        self._console = screen()
        self._under_way: dict[Step, str] = {}
        self._told: dict[str, float] = {}
        self._status: Status | None = None

    def show(self, progress: Generator[Progress, None, T]) -> T:
        """Show steps as they come; return what they lead to."""
        with _in_place(self._console) as self._status:
            while True:
                try:
                    each = next(progress)
                except StopIteration as end:
                    outcome: T = end.value
                    return outcome
                self._take(each)
                if self._status:
                    self._status.update(self._shown())

    def wait(self, why: str, seconds: float) -> None:
        """Show what is waited for between the steps, and for how long already; any thread may tell it."""
        if self._status:
            self._status.update(Text(safe(f"Looking at what exists: {why}, {seconds:.0f} s")))
        self._tell_now_and_then("looking at what exists", why, seconds)

    def _take(self, each: Progress) -> None:
        step = each.step
        if each.moment is Moment.BEGUN:
            self._under_way[step] = ""
        elif each.moment is Moment.WAITING:
            self._under_way[step] = f": {each.waiting}, {each.seconds:.0f} s"
            self._tell_now_and_then(str(step), each.waiting, each.seconds)
        else:
            self._under_way.pop(step, None)
            self._end(each)

    def _end(self, each: Progress) -> None:
        if each.step.verb is Verb.CHECK and each.moment is not Moment.FAILED:
            return
        task = (f"{each.step.task.value.partition(':')[0]} ", "dim")
        if each.moment is Moment.DONE:
            self.done += 1
            sign, time = ("✓ ", "green"), (f" {each.seconds:.1f} s", "dim")
            self._console.print(Text.assemble(task, sign, safe(str(each.step)), time), soft_wrap=True)
            return
        self.unfinished.append(each.step)
        how = " (stopped in the middle)" if each.moment is Moment.STOPPED else ""
        self._console.print(Text.assemble(task, ("✗ ", "red"), safe(str(each.step)), how), soft_wrap=True)
        if each.error:
            show_error(each.error)

    def _tell_now_and_then(self, what: str, why: str, seconds: float) -> None:
        """Tell of a long wait after 10, 20, 40 seconds, where there is no place to show it in."""
        due = self._told.setdefault(what, LONG_S)
        if seconds >= due and not self._console.is_terminal:
            self._told[what] = 2 * due
            self._console.print(Text(safe(f"  {what}: waiting, {why}, {seconds:.0f} s")), soft_wrap=True)

    def _shown(self) -> Text:
        lines = [safe(f"{step}{waits}") for step, waits in self._under_way.items()]
        more = [f"and {len(lines) - LINES} more"] if len(lines) > LINES else []
        shown = [Text(line) for line in (*lines[:LINES], *more)]
        for line in shown:
            line.truncate(self._console.width - SPINNER, overflow="ellipsis")
        return Text("\n  ").join(shown)


@contextmanager
def _in_place(console: Console) -> Iterator[Status | None]:
    if not console.is_terminal:
        yield None
        return
    with console.status("") as status:
        yield status


@contextmanager
def stoppable(stop: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl-C call `stop`, which lets the calls in flight end; the second stops at once."""

    def first(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()
        os.write(2, b"\nStopping after the calls in flight. Ctrl-C again stops at once.\n")

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
