"""What the lessons make: the whole lab, in an order that works."""

from wschat.learn.course import course
from wschat.learn.order import joined, made
from wschat.learn.resources import LABELS


def test_all_of_the_lab() -> None:
    """The package's lessons make all of the lab, each part once but for what is deployed again."""
    lessons = course()
    makes = made(lessons)
    assert {each for some in makes.values() for each in some} == {*LABELS}
    assert [lesson.id for lesson in lessons][1:4] == ["connections-table", "rooms-table", "role"]
    assert makes["api"][-1] == "API"
    posting = ("CreateRoom", "JoinRoom", "LeaveRoom", "Disconnect")
    assert makes["api"][:-1] == tuple(f"policy {each}Role" for each in posting)
    assert makes["posting"][0] == "policy SendMessageRole"
    assert all(each.why for each in lessons)


def test_joined() -> None:
    """All lessons before one as one make what each of them makes; those after it are as they were."""
    lessons = course()
    as_one = joined(lessons, lessons[9])
    assert as_one[1:] == lessons[9:]
    makes, all_of_it = made(lessons), {each for lesson in lessons[:9] for each in made(lessons)[lesson.id]}
    assert {*made(as_one)[as_one[0].id]} == all_of_it
    assert {name: made(as_one)[name] for name in made(as_one) if name != as_one[0].id} == {
        lesson.id: makes[lesson.id] for lesson in lessons[9:]
    }
