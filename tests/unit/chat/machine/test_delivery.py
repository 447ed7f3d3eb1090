"""Messages that are stored: whether the room was told of them, and whether they came back."""

import pytest

from tests.support.play import Play, back, in_room, with_bob
from wschat.chat.machine.connection import Closed
from wschat.chat.machine.effects import Quit, Timer, Unheard
from wschat.protocol.events import Ack, ClientMessage, Entry

ECHO = ClientMessage("ann", "hello", "ops", 6, id="me-2")


def not_heard(play: Play) -> list[Unheard]:
    return [effect for effect in play.effects if isinstance(effect, Unheard)]


@pytest.mark.parametrize(("reached", "refused"), [((0, 2), True), ((0, 0), True), ((1, 2), False)])
@pytest.mark.parametrize("echoed", [True, False])
def test_not_all_were_told(reached: tuple[int, int], refused: bool, echoed: bool) -> None:  # noqa: FBT001
    """It is said at once and once; that nobody was told is no success."""
    play = with_bob().feed("hello", *([ECHO] if echoed else []), Ack(6, 1, "me-2", *reached))
    assert not_heard(play) == [Unheard("hello", *reached)]
    assert play.state.refused is refused
    assert not_heard(play.feed(Timer.ECHO, Timer.ECHO)) == []


@pytest.mark.parametrize(("reached", "refused"), [((2, 2), False), ((None, None), True)])
def test_it_does_not_come_back(reached: tuple[int | None, int | None], refused: bool) -> None:  # noqa: FBT001
    """After some seconds that is said; it is no success where the lab does not say that others were told."""
    play = with_bob().feed("hello", Ack(6, 1, "me-2", *reached))
    assert not_heard(play) == []
    play.feed("more", Ack(7, 1, "me-3", *reached), Timer.ECHO)
    assert (not_heard(play), Timer.ECHO in play.timers) == ([], True)
    play.feed(ClientMessage("ann", "more", "ops", 7, id="me-3"), Timer.REORDER, Timer.ECHO)
    assert not_heard(play) == [Unheard("hello", *reached)]
    assert play.state.refused is refused
    assert Timer.ECHO not in play.timers


def test_it_comes_back() -> None:
    """Then nothing is said."""
    play = with_bob().feed("hello", Ack(6, 1, "me-2"), Timer.ECHO, ECHO, Timer.ECHO, Timer.ECHO)
    assert (not_heard(play), play.state.refused) == ([], False)


@pytest.mark.parametrize("kept", [True, False])
def test_a_cut(kept: bool) -> None:  # noqa: FBT001
    """What was said before it, the room has to tell."""
    play = with_bob().feed("hello", Ack(6, 1, "me-2"), Closed(1), Timer.ECHO, Timer.ECHO)
    assert not_heard(play) == []
    back(play, *([Entry("ann", "hello", 6, id="me-2")] if kept else [])).feed(Timer.ECHO, Timer.ECHO)
    assert not_heard(play) == ([] if kept else [Unheard("hello")])


def test_the_end() -> None:
    """The chat stays until it knows, where the lab does not say it; who leaves or goes at once is told."""
    play = in_room().feed("hello", "/quit", Ack(6, 1, "me-2"))
    assert Quit() not in play.effects
    assert play.feed(ECHO).effects[-1] == Quit()
    assert Quit() in in_room().feed("hello", "/quit", Ack(6, 1, "me-2", 1, 1)).effects
    play = in_room().feed("hello", "/quit", Ack(6, 1, "me-2")).feed("/quit")
    assert not_heard(play) == [Unheard("hello")]
    play = in_room().feed("hello", Ack(6, 1, "me-2"), "/leave", Ack(id="me-3"))
    assert not_heard(play) == [Unheard("hello")]
