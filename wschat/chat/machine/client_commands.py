"""The commands that no server is asked for: lists, help, whom not to hear, the rest of a message, the end."""

from collections.abc import Callable

from wschat.chat.machine.commands import HELP
from wschat.chat.machine.effects import Listing, Members, Notice, Quit, Rooms, Whole
from wschat.chat.machine.names import put, without
from wschat.chat.machine.state import Turn
from wschat.protocol.names import fold


def _rooms(turn: Turn, _: str) -> None:
    rooms = tuple(turn.state.rooms.values())
    turn.emit(Rooms(rooms) if rooms else Notice("no rooms yet; /create ROOM makes one"))


def _users(turn: Turn, _: str) -> None:
    room = turn.state.room
    nowhere = Notice("you are in no room; /join ROOM")
    turn.emit(Members(room.name, room.members) if room else nowhere)


def _ignore(turn: Turn, name: str) -> None:
    state = turn.state
    if not name:
        rows = tuple((who, "") for who in state.ignored.values())
        nobody = Notice("nobody is ignored; /ignore NAME shows nothing of somebody")
        turn.emit(Listing("ignored:", rows) if rows else nobody)
    elif state.name is not None and fold(name) == fold(state.name):
        turn.emit(Notice("that is you"))
    else:
        turn.change(ignored=put(state.ignored, name))
        turn.emit(Notice(f"nothing more is shown of {name}; /unignore {name} shows it again"))


def _unignore(turn: Turn, name: str) -> None:
    before = turn.state.ignored
    turn.change(ignored=without(before, name))
    is_heard = turn.state.ignored == before
    turn.emit(Notice(f"{name} is not ignored" if is_heard else f"{name} is shown again"))


def _more(turn: Turn, _: str) -> None:
    long = turn.state.room and turn.state.room.cut_short
    turn.emit(Whole(long) if long else Notice("no message was cut short"))


def _help(turn: Turn, _: str) -> None:
    turn.emit(Listing("commands and keys:", HELP))


def _quit(turn: Turn, _: str) -> None:
    if turn.state.quitting:
        turn.emit(Quit())
    elif turn.state.pending:
        offline = "not all is sent, and there is no connection"
        waits = offline if turn.state.in_use is None else "waiting for replies"
        turn.emit(Notice(f"{waits}; /quit again ends at once"))
    turn.change(quitting=True)


CLIENT_COMMANDS: dict[str, Callable[[Turn, str], None]] = {
    "rooms": _rooms,
    "users": _users,
    "ignore": _ignore,
    "unignore": _unignore,
    "more": _more,
    "help": _help,
    "quit": _quit,
}
"""What each of them does with its argument, by its name."""
