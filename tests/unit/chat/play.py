"""Feeds events to a chat's state, and keeps what it did."""

from typing import Any

from wschat.chat.state import ChatState
from wschat.chat.update import update
from wschat.chat.vocabulary import (
    Alarm,
    Connect,
    Done,
    Drop,
    Effect,
    Entered,
    Event,
    GiveBack,
    Item,
    Rang,
    Received,
    Said,
    Send,
    SetAlarm,
    Show,
)
from wschat.protocol import events as wire


class Play:
    """Feeds events to a chat and keeps what it did."""

    def __init__(self, **wishes: Any) -> None:  # noqa: ANN401
        self.state = ChatState("me", "secret", **wishes)
        self.effects: list[Effect] = []

    def feed(self, *events: Event | wire.Event | Alarm | str) -> "Play":
        """Feed events; text stands for a line, an event of the wire for its arrival, an alarm rings."""
        self.effects = []
        for event in events:
            if isinstance(event, str):
                event = Entered(event)  # noqa: PLW2901
            elif isinstance(event, wire.Event):
                event = Received(event)  # noqa: PLW2901
            elif isinstance(event, Alarm):
                event = Rang(event)  # noqa: PLW2901
            self.state, effects = update(self.state, event)
            self.effects += effects
        return self

    @property
    def sent(self) -> list[tuple[str, str]]:
        return [(e.request.action, e.request.value) for e in self.effects if isinstance(e, Send)]

    @property
    def shown(self) -> list[Item]:
        """What is shown, but that messages were acknowledged."""
        items = [effect.item for effect in self.effects if isinstance(effect, Show)]
        return [item for item in items if not (isinstance(item, Done) and item.action == "message")]

    @property
    def said(self) -> list[str]:
        return [item.entry.content for item in self.shown if isinstance(item, Said)]

    @property
    def given_back(self) -> list[str]:
        return [effect.unsent.line for effect in self.effects if isinstance(effect, GiveBack)]

    @property
    def connects(self) -> list[Connect]:
        return [effect for effect in self.effects if isinstance(effect, Connect)]

    @property
    def dropped(self) -> list[int]:
        return [effect.number for effect in self.effects if isinstance(effect, Drop)]

    @property
    def alarms(self) -> dict[Alarm, float]:
        return {effect.alarm: effect.after for effect in self.effects if isinstance(effect, SetAlarm)}

    @property
    def id(self) -> str:
        assert self.state.waiting
        assert self.state.waiting.request.id
        return self.state.waiting.request.id
