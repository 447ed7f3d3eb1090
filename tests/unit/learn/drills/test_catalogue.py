"""All drills: their numbers and names."""

import re

from wschat.learn.drills.catalogue import DRILLS


def test_numbers_and_names() -> None:
    """A tag holds the number, so it stays; a name is one word to type, and no two are alike."""
    assert [each.number for each in DRILLS] == [*range(1, 21)]
    names = {each.name for each in DRILLS}
    assert len(names) == 20
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in names)


def test_nothing_is_given_away() -> None:
    """What is broken has no place in the name, the complaint and the first hint."""
    for each in DRILLS:
        broken = re.findall("[A-Z_]{6,}|Deny|throttle was|timeout:", each.cause)
        assert not [word for word in broken if word in f"{each.name} {each.complaint} {each.hints[0]}"], each
