"""create: make a room and be its first member."""

import time

from wschat.functions import _log, _room
from wschat.functions._journal import Call
from wschat.functions._tables import ROOMS, Json, put, put_new, transact
from wschat.functions._talk import answer, tell
from wschat.protocol.events import MultiMessage, SingleRoom
from wschat.protocol.names import ROOM_LIMIT, clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Request


def handler(event: Json, _context: object) -> Json:
    """Answer with the new room and its one member, or with an error."""
    return answer(event, create)


def create(call: Call, request: Request) -> MultiMessage:
    """Make the room, its counter and its entry in the list, and move the client into it: all or nothing.

    A client is in one room at a time, so the same transaction takes it out of the room it was in.
    Then everybody who is connected hears of the new room.
    """
    name = clean_name(request.value, "room's name")

    def attempt() -> tuple[list[Json], tuple[_room.Room, _room.Leaving]]:
        client, rooms = _room.registered(call.connection), _room.room_names()
        if rooms and fold(name) in rooms:
            raise Refused(ErrorCode.ROOM_EXISTS, "there is a room of that name; join it")
        if rooms and len(rooms) >= ROOM_LIMIT:
            raise Refused(ErrorCode.FULL, f"there are {ROOM_LIMIT} rooms already")
        left = _room.leaving(client)
        created = int(time.time() * 1000)  # now, after a dead room of that name has said its last
        room = _room.Room(fold(name), name, created, users={call.connection: str(client.name)})
        return [
            put_new(ROOMS, room.item()),
            put(ROOMS, _log.counter(room.key, start=created)),
            _room.put_in_room(client, room),
            *left.operations,
            *_room.list_rooms(room, left.dead, first=rooms is None),
        ], (room, left)

    room, left = transact(attempt)
    tell(call, [*left.notices, _room.Notice(SingleRoom(name))])
    left.clear()
    return MultiMessage(name, tuple(room.users.values()), id=request.id)
