"""message: say something to the room one is in."""

import time

from wschat.functions import _log, _room
from wschat.functions._journal import Call
from wschat.functions._tables import Json
from wschat.functions._talk import answer, tell
from wschat.protocol.events import Ack, ClientMessage, Entry
from wschat.protocol.names import clean_message
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Request


def handler(event: Json, _context: object) -> Json:
    """Answer with the message's seq and time, or with an error."""
    return answer(event, send)


def send(call: Call, request: Request) -> Ack:
    """Store the message, then read who is in the room, then post it to all of them at once.

    In this order somebody who joins meanwhile finds the message in the log, or is found as a member;
    in any other it could be lost. Who speaks, and in which room, comes from the connection's record
    and never from the frame, into which anybody can write anything.

    A message costs one write unit for the counter and one for each started KB of its own item; the
    number of requests depends on neither history nor rooms. Then there is one post for each member.
    """
    text = clean_message(request.value)
    client = _room.registered(call.connection)
    if client.room is None:
        raise Refused(ErrorCode.NOT_IN_A_ROOM, "join a room first")

    seq, now = _log.next_seq(client.room, client.born), int(time.time() * 1000)
    _log.store(client.room, Entry(str(client.name), text, seq, now, request.id))

    room = _room.find_room(client.room)
    if room is None or room.created != client.born:
        raise Refused(ErrorCode.NOT_IN_A_ROOM, "the room is gone")
    said = ClientMessage(str(client.name), text, room.name, seq, now, request.id)
    tell(call, [_room.Notice(said, list(room.users), room.key)])
    return Ack(seq, now, request.id)
