"""What the state says of itself."""

from tests.support.play import Play, in_room
from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.effects import Unsent


def test_lost_connection_keeps_what_was_typed() -> None:
    """The message that was in flight and those behind it are known after the cut, wishes are none of them.

    Only of the first nobody knows whether it arrived.
    """
    play = in_room().feed("one", "two", Closed(1))
    assert play.state.status == "reconnecting"
    assert play.state.unsent == (Unsent("one", doubtful=True), Unsent("two"))
    assert Play(wanted_name="ann").feed(Opened(1)).state.unsent == ()
