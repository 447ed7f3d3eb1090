"""Lessons done alone, one after the other, and what was made by hand adopted, against a real emulator."""

from tests.support.by_hand import by_hand, make
from tests.support.labs import drain, plan, tear_down
from wschat.lab.aws.cloud import Cloud
from wschat.learn import work
from wschat.learn.course import course


def test_the_whole_lab(empty: Cloud) -> None:
    """Lesson by lesson the lab becomes what provision makes, and each is right as soon as it is done."""
    there = work.look(empty, course())
    for lesson in (each for each in there.lessons if there.wanted(each)):
        assert there.next == lesson
        work.check_possible(there, lesson)
        there = drain(work.do(empty, there, lesson, there.steps(lesson)))
        assert there.faults(lesson) == [], lesson.id
        assert there.steps(lesson) == (), lesson.id
    assert there.next is None
    assert plan(empty) == ()
    assert tear_down(empty).resources == {}


def test_the_whole_lab_by_hand(empty: Cloud) -> None:
    """What is made as the console makes it is right, and taken over lesson by lesson; then it is the lab."""
    there, clicked = work.look(empty, course()), by_hand(empty)
    for lesson in (each for each in there.lessons if there.wanted(each)):
        make(clicked, there.steps(lesson))
        there = work.look(empty, there.lessons)
        assert there.faults(lesson) == []
        there = drain(work.do(empty, there, lesson, there.steps(lesson)))
        assert there.steps(lesson) == ()
    assert plan(empty) == ()
    assert tear_down(empty).resources == {}
    assert work.look(empty, there.lessons).actual.resources == {}
