"""What a person types: texts, commands, lists, the way out."""

from tests.support.play import Play, in_room, with_bob
from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.effects import Listing, Members, Notice, Quit, Unsent
from wschat.protocol.events import Ack, ClientMessage, Error


def test_texts() -> None:
    """Two slashes at the start send one; what is given back is as typed; nothing is sent for a blank line."""
    play = in_room().feed("//etc/passwd")
    assert play.sent == [("message", "/etc/passwd")]
    assert play.feed(Error("too-long", "", play.id)).restored == ["//etc/passwd"]
    assert in_room().feed("", "   ", "\t").effects == []


def test_welcome_and_lists() -> None:
    """Without a name the three steps are shown; lists come without asking the server."""
    play = Play().feed(Opened(1), "/help", "/rooms", "/users")
    assert [type(item) for item in play.shown] == [Listing, Listing, Notice, Notice]
    assert play.sent == []
    assert in_room(["ann", "bob"]).feed("/users").shown == [Members("ops", ("ann", "bob"))]


def test_quit_waits_for_replies() -> None:
    """What was sent is waited for; a second /quit does not wait."""
    assert in_room().feed("/quit").effects == [Quit()]
    assert Play().feed("/quit").effects == [Quit()]
    assert Quit() not in Play().feed("/register ann", "/quit").effects
    play = in_room().feed("bye", "/quit")
    assert Quit() not in play.effects
    assert play.feed(Ack(id=play.id, reached=1, members=1)).effects[-1] == Quit()
    assert Quit() in in_room().feed("bye", "/quit", "/quit").effects


def test_what_waits_at_the_end_of_the_chat() -> None:
    """It is shown, and then the chat ends."""
    play = with_bob().feed(ClientMessage("bob", "c", "ops", 7), "/quit")
    assert (play.said, play.effects[-1]) == (["c"], Quit())


def test_quitting_without_a_connection() -> None:
    """What waits is told, and what may have arrived; a second /quit ends it."""
    play = with_bob().feed("one", Closed(1), "two", "/quit")
    assert Quit() not in play.effects
    assert Quit() in play.feed("/quit").effects
    assert play.state.unsent == (Unsent("one", doubtful=True), Unsent("two"))


def test_a_flood() -> None:
    """However much is said, little of it is kept: the last seqs and ids, and who spoke last."""
    play = in_room()
    for number in range(1, 1000):
        play.feed(ClientMessage(f"eve{number}", "flood", "ops", number, id=f"{number}"))
    kept = play.state.room
    assert kept
    assert (len(kept.seen), len(kept.seen_ids), len(kept.speakers)) == (200, 200, 50)
