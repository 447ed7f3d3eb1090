"""A name that imitates another one is seen to be another; names of people are as they are written."""

import time
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.attacks import ATTACKS
from wschat.chat.machine.state import ChatState, Room
from wschat.chat.ui import names as ours
from wschat.chat.ui.names import Names, safe_name


@pytest.mark.parametrize(
    "name",
    [
        *("bob\u200d", "bo\u200cb", "b\u043eb", "bob\u3164", "bob\u2800", "b\u00a0ob", "bob\ufe0f"),
        *("bo\u034fb", "bo\u17b4b", "bob\ufff0", "b\u04e7b", "b\uff4fb", "b\u0ae6b", "Tom B\u043eb"),
        *("bob\U0001d159left;\U0001d159eve", "bob\U00013441left;\U00013442eve", "bob  left", " bob", "bob "),
    ],
)
def test_names_that_imitate(name: str) -> None:
    """A name that looks like another one does not, once it is shown, whoever is there."""
    assert "\\u{" in safe_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "José",
            "Zoë",
            "Zoë01",
            "I\u015f\u0131l",
            "Mª José",
            "Kɔfi",
            "Ɗan",
            "ann-2",
            "o'neil",
            "Łukasz",
            "Nguyễn",
        ),
        *(
            "Владимир",
            "Иван Ivanov",
            "Αθηνά",
            "Անի",
            "Sara سارة",
            "محمد",
            "דוד",
            "नमस्ते",
            "李雷",
            "Ann李",
            "ロボ",
        ),
    ],
)
def test_names_of_people(name: str) -> None:
    """A name that imitates nobody is shown as it is, in any language, and in two."""
    assert safe_name(name) == name
    assert Names().shown(name) == name


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("Bob", "\u0412\u043eb", ("Bob", "\\u{412}\\u{43e}b")),
        ("Joe", "\u0408\u043e\u0435", ("Joe", "\\u{408}\\u{43e}\\u{435}")),
        ("Bob", "\uff22\uff4f\uff42", ("Bob", "\\u{ff22}\\u{ff4f}\\u{ff42}")),
        ("admin", "adm\u0131n", ("admin", "adm\\u{131}n")),
        ("corn", "com", ("co\\u{72}\\u{6e}", "co\\u{6d}")),
        ("B0B", "BOB", ("B\\u{30}B", "B\\u{4f}B")),
        (
            "\u0418\u0432\u0430\u043d",
            "\u0418\u0432a\u043d",
            ("\u0418\u0432\\u{430}\u043d", "\u0418\u0432\\u{61}\u043d"),
        ),
        ("Zo\xeb", "Zoe\u0308", ("Zo\\u{eb}", "Zo\\u{65}\\u{308}")),
        ("Ann B", "Ann  B", ("Ann B", "Ann \\u{20}B")),
        ("Kate", "\u212aate", ("Kate", "\\u{212a}ate")),
        ("Bob", "bob", ("Bob", "bob")),  # case is seen
        ("Bob", "Rob", ("Bob", "Rob")),
    ],
)
def test_who_looks_like_another(one: str, other: str, shown: tuple[str, str]) -> None:
    """Of two who look alike one sees the letters that differ, whoever came first."""
    for order in ((one, other), (other, one)):
        names = Names()
        names.meet(order)
        assert (names.shown(one), names.shown(other)) == shown


def test_of_yourself_and_of_those_who_are_there() -> None:
    """Who looks like you, or like a member, is told from them before they have said a word."""
    names = Names()
    names.follow(replace(ChatState("me", "t"), name="Joe", room=Room("ops", "Joe", ("Joe", "Bob"))))
    assert names.shown("\u0408\u043e\u0435") == "\\u{408}\\u{43e}\\u{435}"
    assert "\\u{" in names.shown("\U0001d5a1\U0001d5c8\U0001d5bb")


NEAR = st.text("Il1|O0omrn \u0131\u043e\u0430\uff42\u0301\u200d\u2800\u05d0", max_size=6)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(met=st.lists(NEAR, max_size=6, unique=True))
def test_no_two_are_shown_alike(met: list[str]) -> None:
    """Whoever meets whom: two names are never shown as one."""
    names = Names()
    names.meet(met)
    for one, other in combinations(met, 2):
        assert names.shown(one) != names.shown(other)


def test_any_number_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers who make up names fill no memory, and who is there is known again at once."""
    monkeypatch.setattr(ours, "MOST", 10)
    names, state = Names(), replace(ChatState("me", "t"), name="Joe")
    for number in range(100):
        names.follow(state)
        names.shown(f"x{number}")
        assert len(names._met) <= 10
    names.follow(state)
    assert names.shown("\u0408\u043e\u0435") == "\\u{408}\\u{43e}\\u{435}"


def test_any_number_of_doubles() -> None:
    """Of those who look like one, a few are told apart, so that the price of a name stays what it is."""
    names = Names()
    for number in range(100):
        names.shown("J" + "\u0408" * number)
        names.shown("Joe" + "\u200b" * number)
    assert max(map(len, names._by_key.values())) == ours.MOST_ALIKE + 1
    for attack in ATTACKS:
        names.shown(attack)


def test_five_hundred_members() -> None:
    """A room full of people whom nobody imitates costs next to nothing, at each event."""
    names = Names()
    room = Room("ops", "ann", tuple(f"member {number}" for number in range(500)))
    state = replace(ChatState("me", "t"), name="ann", room=room)
    names.follow(state)
    began = time.process_time()
    for _ in range(100):
        names.follow(state)
        names.shown("member 7")
    assert time.process_time() - began < 0.1


def test_a_name_that_is_too_long() -> None:
    """A server that lets in any name can't fill the screen by one."""
    assert len(Names().shown("x" * 100_000)) < 100
