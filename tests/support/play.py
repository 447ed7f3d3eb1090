"""Feeds events to a chat's state, and keeps what it did."""

from collections.abc import Iterable
from typing import Any

from wschat.chat.machine import effects
from wschat.chat.machine.connection import Opened
from wschat.chat.machine.incoming import Received
from wschat.chat.machine.state import ChatState
from wschat.chat.machine.update import Event, LineEntered, update
from wschat.protocol import events as wire
from wschat.protocol.events import Entry, MultiMessage, Signup


class Play:
    """Feeds events to a chat and keeps what it did."""

    def __init__(self, **wanted: Any) -> None:  # noqa: ANN401
        self.state = ChatState("me", "secret", **wanted)
        self.effects: list[effects.Effect] = []

    def feed(self, *events: Event | wire.Event | str) -> "Play":
        """Feed events; text stands for a line, an event of the wire for its arrival."""
        self.effects = []
        for event in events:
            if isinstance(event, str):
                event = LineEntered(event)  # noqa: PLW2901
            elif isinstance(event, wire.Event):
                event = Received(event)  # noqa: PLW2901
            self.state, effects = update(self.state, event)
            self.effects += effects
        return self

    @property
    def sent(self) -> list[tuple[str, str]]:
        return [(e.request.action, e.request.value) for e in self.effects if isinstance(e, effects.Send)]

    @property
    def shown(self) -> list[effects.Item]:
        """What is shown, but that messages were acknowledged."""
        told = [effect for effect in self.effects if isinstance(effect, effects.Item)]
        return [item for item in told if getattr(item, "action", None) != "message"]

    @property
    def said(self) -> list[str]:
        return [item.event.message for item in self.shown if isinstance(item, effects.Message)]

    @property
    def restored(self) -> list[str]:
        return [effect.unsent.line for effect in self.effects if isinstance(effect, effects.RestoreInput)]

    @property
    def connects(self) -> list[effects.Connect]:
        return [effect for effect in self.effects if isinstance(effect, effects.Connect)]

    @property
    def closed(self) -> list[int]:
        return [effect.number for effect in self.effects if isinstance(effect, effects.Close)]

    @property
    def timers(self) -> dict[effects.Timer, float]:
        return {effect.timer: effect.after for effect in self.effects if isinstance(effect, effects.SetTimer)}

    @property
    def id(self) -> str:
        assert self.state.in_flight
        assert self.state.in_flight.request.id
        return self.state.in_flight.request.id

    @property
    def room(self) -> str | None:
        return self.state.room.name if self.state.room else None

    @property
    def members(self) -> list[str]:
        return [*self.state.room.members] if self.state.room else []


def in_room(users: Iterable[str] = ("ann",), *said: Entry, **wanted: object) -> Play:
    """Return a chat in which Ann is in the room ops, where this has been said."""
    play = Play(wanted_name="ann", wanted_room="ops", **wanted).feed(Opened(1))
    play.feed(Signup("ann", ("ops",), play.id))
    return play.feed(MultiMessage("ops", tuple(users), said, id=play.id))


def with_bob(**wanted: object) -> Play:
    """Return a chat in which Ann is in the room ops with Bob, who has said one thing."""
    return in_room(("ann", "bob"), Entry("bob", "a", 5), **wanted)


def named(play: Play) -> Play:
    """Open the connection that is tried, and let the server give our name back."""
    assert play.state.connection.attempt
    play.feed(Opened(play.state.connection.attempt))
    return play.feed(Signup("ann", ("ops",), play.id))


def back(play: Play, *entries: Entry, truncated: bool = False) -> Play:
    """Do so, and let it answer as one that knows us in the room."""
    named(play)
    return play.feed(MultiMessage("ops", ("ann", "bob"), entries, truncated, play.id))
