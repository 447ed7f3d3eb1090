"""The lab's own functions, in Node, as who follows the lab by hand has them, in a local lab."""

import pytest

from tests.support.others.deployed import by_hand
from tests.support.terminal import terminal, wschat
from wschat.lab.aws.cloud import Cloud


@pytest.mark.usefixtures("short_state")
def test_a_chat_through_them(clients: Cloud) -> None:
    """Two people register, create, join, talk and leave through them; a third has the simple edition."""
    chat = ("chat", "--url", by_hand(clients), "--wire")
    with terminal(*chat, "lab", "--name", "ann") as ann:
        ann.until("you are ann")
        ann.type("/create ops")
        ann.until("you are in ops")
        ann.type("first")
        ann.until("<ann> first")
        bob = wschat(*chat, "lab", "--name", "bob", "--room", "ops", stdin="second\n/leave\n")
        assert [text in bob.stdout for text in ("<ann> first", "<bob> second", "you left ops")] == [True] * 3
        ann.until("<bob> second")
        eve = wschat(*chat, "simple", "--name", "eve", "--room", "no-rooms", stdin="third\n")
        assert ("<eve> third" in eve.stdout, eve.returncode) == (True, 0)
        ann.type("/quit")
        assert ann.end() == 0
