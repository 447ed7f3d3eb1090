"""What the state says of itself."""

from tests.support.play import back, with_bob
from wschat.chat.machine.connection import Closed
from wschat.protocol.events import Entry


def test_an_id_that_somebody_else_took() -> None:
    """What somebody else said under our id does not pass for ours, which is sent again."""
    play = with_bob().feed("hello")
    request = play.id
    play.feed(Closed(1))
    back(play, Entry("mallory", "not hello", 6, id=request))
    assert play.sent == [("message", "hello")]
