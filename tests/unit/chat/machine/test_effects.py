"""What a message is to us: our own, or one that names us."""

import pytest

from wschat.chat.machine.effects import Message
from wschat.protocol.events import ClientMessage


@pytest.mark.parametrize(
    ("user", "text", "me", "mine", "mention"),
    [
        ("bob", "hi ann!", "ann", False, True),
        ("bob", "@ANN", "ann", False, True),
        ("bob", "hi anna", "ann", False, False),
        ("bob", "what?", "a.b", False, False),
        ("ann", "I am ann", "ann", True, False),
        ("bob", "hi", "", False, False),
    ],
)
def test_whose(user: str, text: str, me: str, mine: bool, mention: bool) -> None:  # noqa: FBT001
    """Our name counts as a whole word, in any case, and not from ourselves."""
    message = Message(ClientMessage(user, text), me)
    assert (message.mine, message.mention) == (mine, mention)
