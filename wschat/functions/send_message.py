"""message: say something to the room one is in."""

import time

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.history import slot
from wschat.functions.shared.membership import Post, registered
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.rooms import seated
from wschat.functions.shared.seats import listeners
from wschat.functions.shared.workers import pool
from wschat.functions.shared.writes import put, update, write
from wschat.protocol.events import Ack, ClientMessage
from wschat.protocol.names import clean_message
from wschat.protocol.refusals import ErrorCode, Refused


def handler(event: Json, _context: object) -> Json:
    """Answer with the message's seq and time, and how many were reached, or with an error."""
    return answer(event, send)


def send(call: Call, request: Request) -> Ack:
    """Count the message and read who is in the room; post it to all of them at once, and store it meanwhile.

    Then the room is read again: who has joined since, and was not found before, hears it now, and who joins
    later finds it in the history. Who speaks, and in which room, comes from the connection's record and
    never from the frame, into which anybody can write anything.

    A message costs one write unit for the counter and one for each started KB of its own item; the number
    of requests depends on neither history nor rooms. Then there is one post for each member.
    """
    text = clean_message(request.value)
    client = registered(get_item(CLIENTS, call.connection))
    if "room" not in client:
        raise Refused(ErrorCode.NOT_IN_A_ROOM, "join a room first")
    key, born, name = client["room"], client.get("born", 0), client["name"]
    given = {":one": 1, ":born": born}
    counting = pool().submit(write, update(ROOMS, f"{key}#log", "ADD #seq :one", "#born = :born", given))
    room, counter = get_item(ROOMS, key), counting.result()
    if counter is None or room is None or room["created"] != born:  # there may be another one of that name
        raise Refused(ErrorCode.NOT_IN_A_ROOM, "the room is gone")
    seq, now = counter["seq"], int(time.time() * 1000)
    message = {"user": name, "content": text, "seq": seq, "time": now, "id": request.id}
    newer = "attribute_not_exists(#seq) OR #seq < :seq"  # if not, a hundred later ones have overtaken it
    storing = pool().submit(write, put(ROOMS, {"room": slot(key, seq), **message}, newer, {":seq": seq}))
    said = ClientMessage(name, text, room["name"], seq, now, request.id)
    # Takes the speaker in, where the two don't agree. CLIENTS: GetItem UpdateItem; ROOMS: UpdateItem
    known = listeners(seated(client, room))
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    try:
        reached, members = broadcast(call, Post(said, known, key))
    finally:
        storing.result()
    room = get_item(ROOMS, key)
    if room and room["created"] == born and (joined := set(listeners(room["users"])) - set(known)):
        more_reached, more_members = broadcast(call, Post(said, joined, key))
        reached, members = reached + more_reached, members + more_members
    return Ack(seq, now, request.id, reached, members)
