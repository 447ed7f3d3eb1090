"""Lessons done alone, one after the other, and what was made by hand adopted, against a real emulator."""

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
