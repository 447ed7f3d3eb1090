"""What the commands that work in an AWS account share: connect, read the lab, confirm, carry out a plan."""

import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

import typer
from rich.text import Text

from wschat.cli import console, report
from wschat.cli.options import completed
from wschat.errors import AccessError, ExitCode, UsageError, WschatError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.blueprint import naming_error
from wschat.lab.chosen.choices import UNDECIDED, Choices
from wschat.lab.clock import Stopped
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Key
from wschat.lab.permissions import preflight
from wschat.lab.plan import Phase, Progress, Step, Verb
from wschat.target import Target
from wschat.text import safe

if TYPE_CHECKING:
    from rich.status import Status

T = TypeVar("T")
NOTHING_CHANGED = "Stopped. Nothing was changed."
LOOKING = "Looking at what exists"
LINES = 8  # steps under way that are shown at a time
SPINNER = 3  # columns that are taken before a line
LONG_S = 10.0  # seconds after which a wait is reported even where nothing can be shown in place
SETTLING = "Looking at what there is now"
Work = Callable[[Cloud, tuple[Step, ...], Actual], Generator[Progress, None, T]]
Watch = Callable[[Callable[[str], None]], AbstractContextManager[None]]
"""Lets a function hear of each call for as long as the context is open."""


def connect(target: Target, choices: Choices = UNDECIDED) -> Cloud:
    """Check the prefix, find out whose credentials these are, and show account and region.

    Raises:
        UsageError: the prefix can't be, or there is no such role as the choices give.
    """
    from wschat.lab.aws import session  # boto3 takes longer to load than all the rest of --help

    if wrong := naming_error(Lab(account="0" * 12, region="us-east-1", prefix=target.prefix)):
        raise wrong
    try:
        cloud = session.connect(target)
    except AccessError as error:
        from wschat.cli.local_lab import mention_local  # it is seldom needed

        mention_local(error)
        raise
    report.show_place(cloud.lab)
    if choices.role:
        choices = waiting(cloud, "Looking at the role", partial(preflight.with_role, choices=choices))
    return replace(cloud, lab=replace(cloud.lab, choices=choices))


def connect_to_all(target: Target, command: str) -> Cloud:
    """Connect for a command that is about every lab of an account and region.

    Raises:
        UsageError: one prefix is given, as well.
    """
    if target.prefix:
        raise UsageError("--all and --prefix exclude each other", where=command)
    return connect(target)


def waiting(cloud: Cloud, what: str, work: Callable[[Cloud], T]) -> T:
    """Do what takes a moment, and show what it waits for."""
    with console.waiting(what) as show:
        return work(replace(cloud, on_wait=show))


def confirm(question: str, cloud: Cloud, *answer: str, yes: bool) -> None:
    """Ask whether to go on, unless `yes`; `{}` in the question becomes the account and region."""
    place = f"account {cloud.lab.account}, region {cloud.lab.region}"
    if not yes and not console.confirm(question.format(place), *answer):
        console.stderr().print("Nothing was changed.")
        raise typer.Exit


@contextmanager
def on_interrupt(message: str) -> Iterator[None]:
    """Show a message at Ctrl-C, which ends the program."""
    try:
        yield
    except KeyboardInterrupt:
        console.stderr().print(f"\n{message}", markup=False)
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def carry_out(
    cloud: Cloud,
    work: Work[T],
    steps: Sequence[Step],
    actual: Actual,
    commands: Mapping[str, str],
    watch: Watch = lambda _hear: nullcontext(),
) -> tuple[T, Mapping[Key, WschatError]]:
    """Provision or tear down, and show it; the first Ctrl-C lets the calls in flight end.

    Returns what it leads to, and why what was given up was. `commands` is what to type for each command that
    leads on from there. What there is to `watch` is shown, too.
    """
    shown, start = Steps(commands), cloud.clock.now()

    def stop() -> None:
        cloud.clock.stop()
        shown.console.print("Stopping: the calls in flight end first. Ctrl-C again stops at once.")

    def first(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=stop, daemon=True).start()  # what it needs may be locked where this came

    before = signal.signal(signal.SIGINT, first)
    try:
        with completed(commands), watch(shown.tell):
            outcome = shown.show(work(replace(cloud, on_wait=shown.update), tuple(steps), actual))
    except (Stopped, KeyboardInterrupt):
        shown.stopped(len(steps), work.__name__)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGINT, before)
    done = console.counted(shown.counts["done"], "step")
    console.stderr().print(f"Done: {done} in {cloud.clock.now() - start:.1f} s.")
    return outcome, shown.given_up


class Steps:
    """Shows the steps of a run as they begin, wait and end, and counts what became of them.

    `given_up` has the errors of steps that were, by the keys of their resources. `commands` is what to type
    for each command that an error's hint names, or that one may go on with.
    """

    def __init__(self, commands: Mapping[str, str]) -> None:
        self.counts = {"done": 0, "failed": 0, "under way": 0}
        self.given_up = dict[Key, WschatError]()
        self._commands = commands
        self._hints = set[str]()
        self.console = console.stderr()
        self._status: Status | None = None
        self._under_way: dict[Step, tuple[str, str, float]] = {}
        self._next_report_s: dict[str, float] = {}
        self._shows = threading.RLock()  # of threads at once, what they show in place would stay

    def show(self, progress: Generator[Progress, None, T]) -> T:
        """Show steps as they come; return what they lead to."""
        animation = self.console.status(SETTLING) if self.console.animated else nullcontext()
        with animation as self._status:
            try:
                while True:
                    self._take(next(progress))
            except StopIteration as end:
                outcome: T = end.value
                return outcome
            finally:
                self.counts["under way"] += sum(step.verb is not Verb.CHECK for step in self._under_way)

    def tell(self, line: str) -> None:
        """Show a line that somebody else has to say."""
        with self._shows:
            self.console.print(Text(safe(f"  {line}"), "dim"))

    def stopped(self, steps: int, command: str) -> None:
        """Say what became of so many steps, and how to go on after this command was stopped.

        There may be more than the plan had, if it was made anew after a second look.
        """
        begun = sum(self.counts.values())
        steps = max(steps, begun)
        numbers = [f"{count} {what}" for what, count in self.counts.items() if count or what != "failed"]
        told = f"Of {console.counted(steps, 'step')}: {', '.join(numbers)}, {steps - begun} not begun."
        self.console.print(f"[bold]Stopped.[/bold] {told}")
        effects = {"provision": "makes it whole again", "teardown": "removes what there is"}
        lines = {name: self._commands[name] for name in (command, *effects)}
        lines = {name: typed for name, typed in lines.items() if name == command or typed != lines[command]}
        width = max(map(len, lines.values()))
        for name, typed in lines.items():
            effect = "goes on from here" if name == command else effects[name]
            line = Text.assemble("  ", (typed.ljust(width), "bold"), f"  {effect}")
            self.console.print(line, soft_wrap=True)

    def _take(self, each: Progress) -> None:
        step, what = each.step, str(each.step)
        with self._shows:
            if each.phase in {Phase.BEGUN, Phase.WAITING}:
                self._under_way[step] = (what, each.waiting, each.seconds)
            else:
                self._under_way.pop(step, None)
                if step.verb is not Verb.CHECK or each.phase in {Phase.FAILED, Phase.GIVEN_UP}:
                    self._end(each)
            self.update(each.waiting, each.seconds, what)

    def _end(self, each: Progress) -> None:
        kind = {Phase.DONE: "done", Phase.STOPPED: "under way"}.get(each.phase, "failed")
        self.counts[kind] += 1
        sign = ("✓ ", "green") if kind == "done" else ("✗ ", "red")
        seconds = f" {each.seconds:.1f} s" if kind == "done" else ""
        stopped = " (stopped in the middle)" if each.phase is Phase.STOPPED else ""
        task = f"{each.step.resource.task.value.partition(':')[0]} "
        self.console.print(
            Text.assemble((task, "dim"), sign, safe(str(each.step)), (seconds, "dim"), stopped)
        )
        if each.error:
            each.error.complete(self._commands)
            self.given_up[each.step.resource.key] = each.error
            console.show_error(each.error, self.console, hint=each.error.hint not in self._hints)
            self._hints.add(each.error.hint)

    def update(self, why: str, seconds: float, what: str = SETTLING) -> None:
        """Show in place what is under way; where that can't be, report a wait after 10, 20, 40 seconds."""
        if self._status:
            lines = list(self._under_way.values()) or [(SETTLING, why, seconds)]
            more = [(f"and {len(lines) - LINES} more", "", 0.0)] if len(lines) > LINES else []
            width = self.console.width - SPINNER
            with self._shows:
                self._status.update(
                    Text("\n  ").join(_line(*each, width) for each in (*lines[:LINES], *more))
                )
        elif why and seconds >= self._next_report_s.setdefault(what, LONG_S):
            self._next_report_s[what] *= 2
            self.console.print(Text("  ").append(_line(what, why, seconds)))


def _line(what: str, why: str, seconds: float, width: int | None = None) -> Text:
    """Return what goes on, and why and how long it waits if it does; in so many columns, with the seconds."""
    wait = f" ({seconds:.0f} s)" if why else ""
    line = Text(safe(f"{what}: {why}" if why else what))
    if width:
        line.truncate(width - len(wait), overflow="ellipsis")
    return line.append(wait)
