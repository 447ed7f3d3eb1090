"""The whole lab lesson by lesson in virtual time: done, made by hand and adopted, and by turns.

`python -m tests.studies.lessons` fails if it is not as provision makes it then, or teardown leaves anything.
"""

from collections.abc import Callable

from tests.studies.account import Account
from tests.support.by_hand import by_hand, make
from tests.support.labs import drain, plan, tear_down
from tests.support.plane.embedded import Embedded
from wschat.lab.aws.cloud import Cloud
from wschat.learn import work
from wschat.learn.course import course

WAYS: dict[str, Callable[[int], bool]] = {
    "done": lambda _: False,
    "by hand": lambda _: True,
    "by turns": lambda number: number % 2 == 0,
}
"""Whether a lesson is made by hand, by its number."""


def through(cloud: Cloud, by: Callable[[int], bool], wait: Callable[[float], None]) -> None:
    """Go through all lessons; check each, and in the end that the lab is whole, and goes whole."""
    there, clicked = work.look(cloud, course()), by_hand(cloud)
    for lesson in (each for each in there.lessons if there.wanted(each)):
        assert there.next == lesson
        work.check_possible(there, lesson)
        if by(int(lesson.number)):
            clicked.ids.update(there.actual.ids)
            make(clicked, there.steps(lesson))
            wait(5)
            there = work.look(cloud, there.lessons)
            assert there.faults(lesson) == []
        there = drain(work.do(cloud, there, lesson, there.steps(lesson)))
        assert (there.faults(lesson), there.steps(lesson)) == ([], ()), lesson.id
    assert there.next is None
    wait(5)
    assert plan(cloud) == ()
    assert tear_down(cloud).resources == {}
    assert work.look(cloud, there.lessons).actual.resources == {}


if __name__ == "__main__":
    ministack = Embedded()
    for name, way in WAYS.items():
        for seed in range(5):
            ministack.empty()
            account = Account(ministack, seed=seed)
            through(account.lab(), way, account.clock.sleep)
            print(f"{name}, seed {seed}: whole after {account.clock.now():.0f} s, and gone")
