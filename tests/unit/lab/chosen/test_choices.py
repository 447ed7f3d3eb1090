"""The choices of a lab: typed, kept in tags, read from there, and given anew."""

import re
import shlex
from typing import Any

import pytest

from wschat.errors import UsageError
from wschat.lab.chosen.choices import KEPT, OWN_ROLES, UNDECIDED, Choices, chosen

ROLE = "arn:aws:iam::123456789012:role/teams/a,b=c"
ALL = Choices(
    role=ROLE,
    boundary="arn:aws:iam::123456789012:policy/Lab Boundary".replace(" ", "-"),
    path="/labs/!x/",
    architecture="x86_64",
    throttle="0.5/300",
    auth="iam",
    own_roles=OWN_ROLES,
    tags=(("Cost Center", "4 2"), ("owner", ""), ("ümläut=", "ä")),
)
IN_TAGS = re.compile(r"[\w .:/=+@-]*")


def test_kept_and_read() -> None:
    """Tags keep them in letters that every service takes, and what was kept is what is read."""
    kept = ALL.kept
    assert kept.keys() == KEPT
    assert all(IN_TAGS.fullmatch(value) for value in kept.values())
    assert Choices.of({**dict(ALL.tags or ()), **kept, "theirs": "1"}) == ALL


def test_as_options() -> None:
    """What is chosen can be typed again; whatever is in it stands in quotation marks."""
    role = shlex.quote(ROLE)
    shown = ["--auth iam --role", role, "--permissions-boundary", str(ALL.boundary)]
    shown += ["--role-path '/labs/!x/' --throttle 0.5/300"]
    assert " ".join(ALL.options).startswith(f"{' '.join(shown)} --tag 'Cost Center=4 2' --tag owner= --tag ")
    assert UNDECIDED.options == []


def test_nothing_chosen() -> None:
    """What is as at first leaves no tag; a tag that was emptied, or whose own tag is gone, is none."""
    assert UNDECIDED.kept == {}
    assert Choices.of({"wschat:role": "", "wschat:tags": "gone"}) == Choices.of({})
    assert Choices.of({"wschat:throttle": "0", "wschat:auth": "all"}) == Choices.of({})


def test_given_over_kept() -> None:
    """What is given counts, and empty takes a choice back; the rest stays as it was kept."""
    given = chosen("", None, "/", ["a=1"], "off")
    found = given.over(ALL)
    assert (found.role, found.path, found.tags, found.throttle) == ("", "", (("a", "1"),), "off")
    assert (found.boundary, found.architecture) == (ALL.boundary, ALL.architecture)
    assert chosen(None, None, None, None) == UNDECIDED
    assert chosen(None, None, None, [""]).tags == ()


def test_what_is_left_open() -> None:
    """Of what others chose that is lacking which is not given, nor taken back."""
    given = chosen(None, "", None, ["a=1"])
    assert given.lacks(ALL).options == ALL.options[:2] + ALL.options[3:5]
    assert ALL.lacks(ALL).options == UNDECIDED.lacks(UNDECIDED).options == []


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (("my role", None, None, ()), "--role"),
        (("arn:aws:iam::12:role/x", None, None, ()), "--role"),
        ((None, "LabBoundary", None, ()), "--permissions-boundary"),
        ((None, None, "labs", ()), "--role-path"),
        ((None, None, "/labs", ()), "--role-path"),
        ((None, None, None, (), "0"), "--throttle"),
        ((None, None, None, ["owner"]), "--tag"),
        ((None, None, None, ["=1"]), "--tag"),
        ((None, None, None, ["a=b&c"]), "--tag"),
        ((None, None, None, ["AWS:x=1"]), "--tag"),
        ((None, None, None, ["wschat:lab=1"]), "--tag"),
        ((None, None, None, [f"{'k' * 129}=1"]), "--tag"),
        ((None, None, None, [f"k{number}=1" for number in range(41)]), "--tag"),
        ((None, None, None, [f"{'k' * 126}{number}=1" for number in range(3)]), "provision"),
    ],
)
def test_what_can_not_be(given: tuple[Any, ...], where: str) -> None:
    """What AWS would refuse later is refused at once, with the option, and a hint."""
    with pytest.raises(UsageError) as error:
        chosen(*given)
    assert (error.value.where, bool(error.value.hint)) == (where, True)
