"""message: say something to the room one is in."""

import time

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.history import slot
from wschat.functions.shared.membership import Post, registered
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.rooms import seated
from wschat.functions.shared.seats import listeners
from wschat.functions.shared.writes import put, update, write
from wschat.protocol.events import Ack, ClientMessage
from wschat.protocol.names import clean_message
from wschat.protocol.refusals import ErrorCode, Refused


def handler(event: Json, _context: object) -> Json:
    """Answer with the message's seq and time, and how many were reached, or with an error."""
    return answer(event, send)


def send(call: Call, request: Request) -> Ack:
    """Store the message, then read who is in the room, then post it to all of them at once.

    In this order somebody who joins meanwhile finds the message in the history, or is found as a member;
    in any other it could be lost. Who speaks, and in which room, comes from the connection's record
    and never from the frame, into which anybody can write anything.

    A message costs one write unit for the counter and one for each started KB of its own item; the
    number of requests depends on neither history nor rooms. Then there is one post for each member.
    """
    text = clean_message(request.value)
    client = registered(get_item(CLIENTS, call.connection))
    if "room" not in client:
        raise Refused(ErrorCode.NOT_IN_A_ROOM, "join a room first")
    key, born, name = client["room"], client.get("born", 0), client["name"]

    given = {":one": 1, ":born": born}
    counter = write(update(ROOMS, f"{key}#log", "ADD #seq :one", "#born = :born", given))
    if counter is None:  # the room of that birth is gone, even if there is another one of that name
        raise Refused(ErrorCode.NOT_IN_A_ROOM, "the room is gone")
    seq, now = counter["seq"], int(time.time() * 1000)
    message = {"user": name, "content": text, "seq": seq, "time": now, "id": request.id}
    newer = "attribute_not_exists(#seq) OR #seq < :seq"  # if not, a hundred later ones have overtaken it
    write(put(ROOMS, {"room": slot(key, seq), **message}, newer, {":seq": seq}))

    room = get_item(ROOMS, key)
    if room is None or room["created"] != born:
        raise Refused(ErrorCode.NOT_IN_A_ROOM, "the room is gone")
    said = ClientMessage(name, text, room["name"], seq, now, request.id)
    users = seated(client, room)  # where they don't agree, CLIENTS: GetItem UpdateItem; ROOMS: UpdateItem
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    reached, members = broadcast(call, Post(said, listeners(users), key))
    return Ack(seq, now, request.id, reached, members)
