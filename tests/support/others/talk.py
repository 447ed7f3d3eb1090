"""People who talk through the lab's own functions, by the chat."""

from tests.support.terminal import terminal, wschat


def talk_as_lab(url: str) -> None:
    """Let two people register, create, join, talk and leave."""
    chat = ("chat", "--url", url, "--wire", "lab", "--name")
    with terminal(*chat, "ann") as ann:
        ann.until("you are ann")
        ann.type("/create ops")
        ann.until("you are in ops")
        ann.type("first")
        ann.until("<ann> first")
        bob = wschat(*chat, "bob", "--room", "ops", stdin="second\n/leave\n").stdout
        for seen in ("<ann> first", "<bob> second", "you left ops"):
            assert seen in bob, bob
        ann.until("<bob> second")
        ann.type("/quit")
        assert ann.end() == 0


def talk_simply(url: str) -> None:
    """Let somebody talk in the simple edition's one room."""
    chat = ("chat", "--url", url, "--wire", "simple", "--name")
    eve = wschat(*chat, "eve", "--room", "no-rooms", stdin="third\n")
    assert ("<eve> third" in eve.stdout, eve.returncode) == (True, 0), eve.stdout
