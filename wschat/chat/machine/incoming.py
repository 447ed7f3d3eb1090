"""What the server says: replies to requests, and what others do and say."""

from dataclasses import replace
from typing import NamedTuple

from wschat.chat.machine import news, replies
from wschat.chat.machine import room as rooms
from wschat.chat.machine.advice import Advice
from wschat.chat.machine.answers import answers, is_event, raw_request
from wschat.chat.machine.effects import Frame, FromServer, Listing, NewsEvent, RequestFailed
from wschat.chat.machine.names import put, without
from wschat.chat.machine.outgoing import ask
from wschat.chat.machine.state import Turn
from wschat.protocol import events as wire
from wschat.protocol.events import ClientMessage, Error, MultiMessage, UserJoined, UserLeft
from wschat.protocol.lab_wire import OtherWire
from wschat.protocol.reader import GatewayError, Unknown, Unreadable
from wschat.protocol.requests import Action, Request
from wschat.text import masked

UNREADABLE_SHOWN = 300  # characters


class Sent(NamedTuple):
    """A frame was sent, at a time in milliseconds since 1970."""

    text: str
    time: int

    def apply(self, turn: Turn) -> None:
        """Show it, if that is wanted."""
        if turn.state.frames:
            turn.emit(Frame(True, masked(self.text), self.time))  # noqa: FBT003


class Received(NamedTuple):
    """A frame came; if it answers the last request, so many seconds after that.

    `text` is what came, and `time` when, in milliseconds since 1970; no text: it is known without a frame.
    """

    frame: wire.Event
    latency: float | None = None
    text: str = ""
    time: int = 0

    def apply(self, turn: Turn) -> None:
        """Take a frame as the answer to what is in flight, or as news; show it, if that is wanted."""
        state, frame = turn.state, self.frame
        turn.change(latency=state.latency if self.latency is None else self.latency)
        raw = raw_request(state.connection, frame)
        if self.text and (raw or state.frames):
            turn.emit(Frame(False, masked(self.text), self.time, raw.tag if raw else None))  # noqa: FBT003
        if raw:
            turn.change_open(in_flight=None)
        else:
            _take(turn, frame)


def _take(turn: Turn, frame: wire.Event) -> None:
    """Take a frame as the answer to what is in flight, or as news."""
    match frame:
        case wire.Signup() | MultiMessage() | wire.Ack():
            replies.answer(turn, frame)
        case Error() | GatewayError():
            replies.fail(turn, frame)
        case wire.Pong():
            turn.change_open(ping_in_flight=False)
        case ClientMessage():
            _said(turn, frame)
        case UserJoined() | UserLeft() | wire.SingleRoom() | wire.DeleteRoom():
            _happened(turn, frame)
        case OtherWire() | Unknown():
            _foreign(turn, frame)


def _happened(turn: Turn, event: NewsEvent) -> None:
    """Follow who comes and goes, and which rooms do; late news of a room that is there again is no news."""
    state = turn.state
    match event:
        case UserJoined(_, room) | UserLeft(_, room) if state.is_in(room):
            rooms.change_members(turn, event)
        case wire.SingleRoom(room):
            turn.change(rooms=put(state.rooms, room))
            if not (state.is_in(room) or (state.in_flight and state.in_flight.enters(room))):
                news.gather(turn, event)
        case wire.DeleteRoom(room) if state.is_in(room):
            if not state.pending:  # else the reply tells
                ask(turn, Request(Action.JOIN, room, after=turn.room.after or None))
        case wire.DeleteRoom(room):
            turn.change(rooms=without(state.rooms, room))
            news.gather(turn, event)


def _foreign(turn: Turn, frame: OtherWire | Unknown) -> None:
    """Tell of another wire; or of a frame that can't be read, with which fails what waits for such a one."""
    pending = turn.state.in_flight
    shown = "" if isinstance(frame, OtherWire) else frame.frame[:UNREADABLE_SHOWN]
    match frame:
        case OtherWire(name, lacks):
            heading = f"the lab's own functions answer here, not wschat's (--wire {name}):"
            turn.emit(FromServer(frame), Listing(heading, tuple((each, "") for each in lacks)))
        case Unreadable(_, of, problem, id_) if answers(pending, of, id_):
            replies.fail_request(
                turn, pending, Advice(f"the answer can't be read: {problem}", f"it is {shown}")
            )
        case Unreadable(_, _, problem):
            what = f"the server sent something unreadable: {problem}"
            turn.emit(RequestFailed("", what, f"it is {shown}"))
        case Unknown(text) if not is_event(text):
            turn.emit(RequestFailed("", f"the server sent something unreadable: {shown}"))


def _said(turn: Turn, message: ClientMessage) -> None:
    """Show a message, unless it overtook the reply that lets us into its room."""
    turn.change_open(active=True)
    state, pending = turn.state, turn.state.in_flight
    if state.room and (not message.room or state.is_in(message.room)):
        rooms.receive(turn, message)
    elif pending and pending.enters(message.room):
        early = (*pending.early, message)[-rooms.SEEN_LENGTH :]
        turn.change_open(in_flight=replace(pending, early=early))
