"""What the lessons make: the whole lab, in an order that works."""

from wschat.learn.course import course
from wschat.learn.order import made
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
