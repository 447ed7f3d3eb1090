"""The lessons at a terminal: shows one, asks what to do, does it, and goes on whatever came of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import typer

from wschat.cli import console
from wschat.cli.commands.learn import by_hand, checking, drill, pages
from wschat.cli.commands.learn.dialogue.latest import Latest
from wschat.cli.commands.learn.dialogue.pager import page
from wschat.cli.commands.learn.dialogue.prompt import Ask
from wschat.cli.commands.learn.mended import check_drill
from wschat.cli.commands.learn.options import find
from wschat.cli.commands.learn.place import Place
from wschat.cli.options import completed, program
from wschat.errors import AccessError, UsageError, WschatError
from wschat.learn import work
from wschat.learn.choices import CHOICES, Choice, chosen, offered
from wschat.learn.lesson import Lesson, filled
from wschat.learn.observe.observe import observe
from wschat.learn.observe.scene import Scene
from wschat.learn.order import made

YOURS = "Your answer, for yourself (Enter alone will do): "
LISTED = "? lists the choices, l the lessons"
OPTION = "An option goes to the command that leads here: q leaves, then `{} OPTION`, which goes on."
STOPPED = "Stopped. What was made by then stays, and the lesson goes on."

AFTER = {"see", "questions", "code", "next"}
"""What one may want to do when a lesson is done."""
TO_MEND = {"console", "aws", "do", "hint"}
"""… and when it is not."""


class Loop:
    """One who learns, at one lesson after the other.

    Attributes:
        ask: asks for a line.
    """

    def __init__(self, lessons: tuple[Lesson, ...], place: Place, ask: Ask) -> None:
        self._lessons, self._place, self.ask = lessons, place, ask
        self._makes = made(lessons)
        self._at = 0
        self._latest = Latest(lessons, place)
        self._thinking = False

    @property
    def lesson(self) -> Lesson:
        """The lesson where one is."""
        return self._lessons[self._at]

    @property
    def choices(self) -> Sequence[Choice]:
        """What can be chosen there; nothing while one answers a question."""
        return () if self._thinking else offered(self.lesson)

    @property
    def words(self) -> Mapping[str, str]:
        """What can be typed there, and what each means: the choices, and the lessons to go to."""
        lessons = {each.id: each.title for each in self._lessons if not self._thinking}
        return {each.name: each.what for each in self.choices} | lessons

    def begin(self, first: Lesson | None) -> None:
        """Go to the first lesson of which something lacks, or that makes nothing and follows all that do.

        If another is given, go there, and do what lacks before it; in an account, after a question. Where AWS
        refuses to be looked at, that is shown, and one begins with the first.
        """
        start = first or self._lessons[0]

        def look() -> None:
            nonlocal start
            start = self._where(first)

        self._guarded(look)
        self._go(start)
        if self._latest.drill:
            drill.show(self._latest.drill, self._place.cloud, self._place.commands())
        self.help()

    def _where(self, first: Lesson | None) -> Lesson:
        there = self._latest.look()
        if first and not self._latest.drill:
            self._latest.catch_up(first, there, ask=not self._place.local)
        if first:
            return first
        if not there.actual.resources:
            return self._lessons[0]
        makes = [number for number, each in enumerate(self._lessons) if each.makes]
        after = self._lessons[min(makes[-1] + 1, len(self._lessons) - 1)]
        return after if self._latest.drill else there.next or after

    def run(self) -> None:
        """Ask and answer until one leaves: by a choice, Ctrl-C or Ctrl-D.

        Raises:
            LocalError: the lab on this machine has ended.
        """
        while True:
            try:
                typed = self.ask(f"{self.lesson.number} {self.lesson.id}> ").strip()
            except (EOFError, KeyboardInterrupt):
                console.stdout().print()
                return
            choice = chosen(typed or self._suggested, self.choices)
            if choice and choice.name == "quit":
                return
            self._guarded(partial(self._do_what, choice, typed))

    @property
    def _suggested(self) -> str:
        """What Enter alone means: to go on, where there is nothing to do or all is done."""
        return "next" if self.lesson.id in self._latest.done or not self.lesson.makes else "help"

    def _do_what(self, choice: Choice | None, typed: str) -> None:
        """Do what was chosen, or go to the lesson that was typed."""
        if choice:
            getattr(self, choice.name)()
        else:
            self._go(self._named(typed))

    def _guarded(self, act: Callable[[], None]) -> None:
        """Act; show what is refused, and go on, whatever came of it."""
        try:
            with completed(self._latest.commands(self.lesson)):
                act()
        except (EOFError, KeyboardInterrupt):
            console.stdout().print(f"\n{STOPPED}")
        except typer.Exit:  # it was told already
            pass
        except WschatError as error:
            console.show_error(error)
            if " --" in error.hint:
                typed = f"{program()} learn{self._place.options}"
                console.stderr().print(OPTION.format(typed), markup=False)
            if isinstance(error, AccessError):
                self._place.log_out()
            if self._place.local:
                self._place.local.check()

    def _named(self, typed: str) -> Lesson:
        """Return the lesson that is meant; a choice that other lessons have means none by how it begins."""
        elsewhere = chosen(typed, CHOICES)
        if elsewhere and typed not in {each.id for each in self._lessons}:
            raise UsageError(f"this lesson has no {elsewhere.letter} ({elsewhere.what})", hint=LISTED)
        try:
            return find(self._lessons, typed)
        except UsageError:
            raise UsageError(f"{typed!r} is none of these choices, and no lesson", hint=LISTED) from None

    def _go(self, lesson: Lesson) -> None:
        self._at = self._lessons.index(lesson)
        whole, of = lesson.id in self._latest.done, len(self._lessons)
        pages.show_title(lesson, self._at + 1, of, self._makes[lesson.id], made=whole)
        self.why()

    def _text(self, text: str) -> None:
        """Show a text of the lesson, with this lab's values in it."""
        pages.show_markdown(filled(text, self._place.values))

    def why(self) -> None:
        """Show why it is there, and what is different with a role that was given, if one was."""
        self._text(self.lesson.why)
        if self._place.role and self.lesson.given:
            self._text(self.lesson.given)

    def hint(self) -> None:
        """Show the hint."""
        self._text(self.lesson.hint)

    def code(self) -> None:
        """Show the functions' source, with notes, by the pager."""
        out = console.stdout()
        text = "\n".join(pages.code(module, out.width) for module in self.lesson.code)
        page(text, lambda text: out.out(text, end=""))

    def console(self) -> None:
        """Show where in the console what lacks is made, and with which values."""
        by_hand.show_console(self._latest.look_outside_drills(), self.lesson, self._place)

    def aws(self) -> None:
        """Show the commands of aws that make what lacks."""
        by_hand.show_commands(self._latest.look_outside_drills(), self.lesson, self._place)

    def check(self) -> None:
        """Say what is not right yet; take over what is right and was made by hand. In a drill, see that."""
        there = self._latest.look()
        if self._latest.drill:
            check_drill(self._place.cloud, there.actual, self._latest.drill, self._place)
        elif checking.show_faults(there, self.lesson):
            if there.steps(self.lesson):
                self._latest.adopt(there, self.lesson)
            self._point_on()
        else:
            self._point_on(TO_MEND)

    def do(self) -> None:
        """Do the lesson, and those before it that it needs, if one wants that."""
        there = self._latest.look_outside_drills()
        if there.before(self.lesson):
            there = self._latest.catch_up(self.lesson, there, ask=True)
        if checking.show_faults(self._latest.do(there, self.lesson), self.lesson):
            self._point_on()

    def _point_on(self, which: Collection[str] = AFTER) -> None:
        """Say which choices lead on from there."""
        pages.show_choices([each for each in self.choices if each.name in which])

    def see(self) -> None:
        """Make the lesson's observations, and say what to look for."""
        cloud = work.adopting(self._place.cloud)
        cloud = replace(cloud, lab=replace(cloud.lab, choices=self._place.choices))
        scene = Scene(cloud, self._place.sign, self._maker, self._place.command, self._place.options)
        for each in self.lesson.see:
            with console.waiting(
                f"See {each}", plain=True
            ) as show:  # above an animation nothing can be printed
                observe(replace(scene, cloud=replace(cloud, on_wait=show)), each, pages.show_sight)
        if self.lesson.shows and self.lesson.makes and self.lesson.id not in self._latest.done:
            console.stdout().print(pages.WHEN_DONE)
        self._text(self.lesson.shows)

    def _maker(self, resource: str) -> str:
        return next((name for name, made in self._makes.items() if resource in made), "")

    def questions(self) -> None:
        """Ask the lesson's questions; whatever is answered, tell the answer."""
        for each in self.lesson.questions:
            self._text(each.question)
            self._thinking = True
            try:
                self.ask(YOURS)
            except (EOFError, KeyboardInterrupt):
                console.stdout().print()
                return
            finally:
                self._thinking = False
            self._text(each.answer)

    def next(self) -> None:
        """Go to the next lesson, if there is one."""
        if self._at + 1 < len(self._lessons):
            self._go(self._lessons[self._at + 1])
        else:
            drill = self._place.commands()["learn drill"]
            pages.show_end(drill)

    def back(self) -> None:
        """Go to the lesson before."""
        self._go(self._lessons[max(0, self._at - 1)])

    def list(self) -> None:
        """List all lessons; typing a number or a name goes to one."""
        pages.show_list(self._lessons, self.lesson, self._latest.done)

    def help(self) -> None:
        """Show what can be chosen."""
        pages.show_choices(self.choices)
