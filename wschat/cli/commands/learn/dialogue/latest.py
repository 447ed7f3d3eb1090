"""The lab of one who learns as it was found last; and what is done in it for them."""

from dataclasses import replace

from wschat.cli import console
from wschat.cli.commands.learn import checking, doing
from wschat.cli.commands.learn.place import Place
from wschat.errors import UsageError
from wschat.lab import engine
from wschat.lab.plan import Verb
from wschat.learn import work
from wschat.learn.drills.work import MEND, Running, running
from wschat.learn.lesson import Lesson
from wschat.learn.order import joined
from wschat.learn.progress import Standing

ADDS = {Verb.CREATE, Verb.ADOPT}


class Latest:
    """What was found when one looked last; whatever is done is looked at, too.

    Attributes:
        done: the ids of the lessons that were whole then.
        drill: the one that the lab was in.
    """

    def __init__(self, lessons: tuple[Lesson, ...], place: Place) -> None:
        self._lessons, self._place = lessons, place
        self.done = set[str]()
        self.drill: Running | None = None
        self._outdated = frozenset[tuple[str, str]]()

    def commands(self, lesson: Lesson) -> dict[str, str]:
        """Return what to type for each command that an error names: a lesson's, not the whole lab's."""
        typed = self._place.commands(self._lessons)
        do, check = (typed[f"learn {name} {lesson.id}"] for name in ("do", "check"))
        return typed | {"provision": do, "status": check}

    def look(self) -> Standing:
        """Look at what exists."""
        there = doing.look(self._place.cloud, self._lessons)
        return self.note(replace(there, outdated=self._outdated))

    def look_outside_drills(self) -> Standing:
        """Look, where what a lesson would do does not give a drill away.

        Raises:
            UsageError: the lab is in a drill.
        """
        there = self.look()
        if self.drill:
            what = f"the lab is in a drill, {self.drill.drill.name}: this would give it away"
            raise UsageError(what, hint=f"i tells whether it is mended; {MEND}")
        return there

    def note(self, there: Standing) -> Standing:
        """Note which lessons are done, where the lab is reached, and whether it is in a drill."""
        self.drill = running(there.actual)
        self._place.url = engine.url(self._place.cloud, there.actual)
        self._place.choices = there.lab.choices
        self._outdated = there.outdated_by_now
        self.done = {each.id for each in self._lessons if each.makes and not there.faults(each)}
        return there

    def do(self, there: Standing, lesson: Lesson) -> Standing:
        """Do a lesson; in an account, where that changes or deletes what exists, after a question."""
        harmless = self._place.local or all(step.verb in ADDS for step in there.steps(lesson))
        commands = self.commands(lesson)
        return self.note(doing.do(self._place.cloud, there, lesson, commands, yes=bool(harmless)))

    def adopt(self, there: Standing, lesson: Lesson) -> Standing:
        """Take over what was made by hand of a lesson that is right, after a question."""
        commands = self.commands(lesson)
        return self.note(doing.adopt(self._place.cloud, there, [lesson], commands, yes=False))

    def catch_up(self, lesson: Lesson, there: Standing, *, ask: bool) -> Standing:
        """Do what lacks of the lessons before one, if one wants that."""
        lack = there.lacking(lesson)
        named = checking.numbered(lack)
        if not lack or (ask and not console.confirm(f"Not done: {named}. Do it for you, first?")):
            return there
        lessons, cloud = joined(self._lessons, lesson), self._place.cloud
        as_one, whole = replace(there, lessons=lessons), lessons[0]
        if self._place.local:  # it takes a second, and what it does the lessons show
            work.check_possible(as_one, whole)
            with console.waiting(f"Doing {named}"):
                for _ in work.do(cloud, as_one, whole, as_one.steps(whole)):
                    pass
            return self.look()
        as_one = doing.do(cloud, as_one, whole, self.commands(lesson), yes=True)
        return self.note(replace(as_one, lessons=self._lessons))
