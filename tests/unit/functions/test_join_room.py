"""join: into a room that exists, or only what was missed."""

from dataclasses import replace

import pytest

from tests.support.functions.people import Connect
from wschat.protocol.events import Ack, MultiMessage


def test_join_again_only_fetches(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Joining the room one is in fetches what was said after a seq; nobody is told."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    first, _ = bob.ask("message", "one"), bob.ask("message", "two")
    ann.heard(), bob.heard()
    assert isinstance(first, Ack)
    fetched = ann.ask("join", "Ops", after=first.seq)
    assert isinstance(fetched, MultiMessage)
    assert [entry.content for entry in fetched.messages] == ["two"]
    monkeypatch.setattr("wschat.functions.shared.history.HISTORY_LIMIT", 0)
    assert ann.ask("join", "Ops", after=first.seq) == replace(fetched, messages=(), truncated=True)
    assert ann.heard() == bob.heard() == []
