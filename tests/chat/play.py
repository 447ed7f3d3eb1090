"""Feeds events to a chat's state, and keeps what it did."""

from wschat import protocol
from wschat.chat.state import ChatState
from wschat.chat.update import update
from wschat.chat.vocabulary import Effect, Entered, Event, GiveBack, Item, Received, Send, Show


class Play:
    """Feeds events to a chat and keeps what it did."""

    def __init__(self, **wishes: str) -> None:
        self.state = ChatState("me", "secret", **wishes)  # type: ignore[arg-type]
        self.effects: list[Effect] = []

    def feed(self, *events: Event | protocol.Event | str) -> "Play":
        """Feed events; text stands for a line, an event of the wire for its arrival."""
        self.effects = []
        for event in events:
            if isinstance(event, str):
                event = Entered(event)  # noqa: PLW2901
            if isinstance(event, protocol.Event):
                event = Received(event)  # noqa: PLW2901
            self.state, effects = update(self.state, event)
            self.effects += effects
        return self

    @property
    def sent(self) -> list[tuple[str, str]]:
        return [(e.request.action, e.request.value) for e in self.effects if isinstance(e, Send)]

    @property
    def shown(self) -> list[Item]:
        return [effect.item for effect in self.effects if isinstance(effect, Show)]

    @property
    def given_back(self) -> list[str]:
        return [effect.line for effect in self.effects if isinstance(effect, GiveBack)]

    @property
    def id(self) -> str:
        assert self.state.waiting
        assert self.state.waiting.request.id
        return self.state.waiting.request.id
