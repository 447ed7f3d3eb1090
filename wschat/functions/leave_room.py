"""leave: leave the room one is in."""

from wschat.functions import _room
from wschat.functions._journal import Call
from wschat.functions._tables import Json, transact
from wschat.functions._talk import answer, tell
from wschat.protocol.events import Ack
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Request


def handler(event: Json, _context: object) -> Json:
    """Answer with an ack, or with an error."""
    return answer(event, leave)


def leave(call: Call, request: Request) -> Ack:
    """Take the client out of its room; the last one out takes the room along.

    The client's record, the room and the list of rooms change in one transaction, on the condition
    that nobody joined or left meanwhile; otherwise it is decided anew. Then those who stayed hear of
    it, or everybody if the room is gone.
    """

    def attempt() -> tuple[list[Json], _room.Leaving]:
        client = _room.registered(call.connection)
        if client.room is None:
            raise Refused(ErrorCode.NOT_IN_A_ROOM, "you are in no room")
        left = _room.leaving(client)
        out = _room.put_in_room(client, None)
        return [out, *left.operations, *_room.list_rooms(None, left.dead)], left

    left = transact(attempt)
    tell(call, left.notices)
    left.clear()
    return Ack(id=request.id)
