"""What one can choose at a lesson, by a letter or a word."""

from collections import Counter

import pytest

from wschat.learn.choices import CHOICES, chosen, offered
from wschat.learn.lesson import Lesson, Question

WHOLE = Lesson(
    id="x",
    number="1",
    title="X",
    makes=("API",),
    code=("connect",),
    see=("chat",),
    why="W",
    hint="H",
    questions=(Question("Q", "A"),),
)


def test_each_is_meant_by_one_thing() -> None:
    """No letter and no word means two."""
    said = Counter(word.casefold() for each in CHOICES for word in (each.letter, each.name, *each.words))
    assert said.most_common(1)[0][1] == 1


def test_what_is_offered() -> None:
    """A lesson offers what it has; where nothing is made, there is nothing to do by hand."""
    assert list(offered(WHOLE)) == list(CHOICES)
    empty = {each.name for each in offered(Lesson(id="x", number="1", title="X"))}
    assert empty == {"check", "next", "back", "list", "help", "quit"}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("i", "check"),
        (" I  did IT ", "check"),
        ("skip", "next"),
        ("cons", "console"),
        ("quest", "questions"),
        ("c", "console"),
        ("co", ""),
        ("", ""),
        ("x", ""),
    ],
)
def test_chosen(typed: str, name: str) -> None:
    """By its letter, a word for it in any case, or a beginning that no other has."""
    choice = chosen(typed, offered(WHOLE))
    assert (choice.name if choice else "") == name


def test_a_letter_of_others() -> None:
    """Where there is nothing to do, the letter for it does not mean another choice, by how a word begins."""
    assert chosen("d", offered(Lesson(id="x", number="1", title="X"))) is None
