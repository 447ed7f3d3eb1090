"""create: make a room and be its first member."""

import time

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.membership import ROOM_LIST, Leaving, Post, plan_leaving, registered, unchanged
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.writes import put, retry_on_conflict, transact_write, update
from wschat.protocol.events import MultiMessage, SingleRoom
from wschat.protocol.limits import ROOM_LIMIT
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused


def handler(event: Json, _context: object) -> Json:
    """Answer with the new room and its one member, or with an error."""
    return answer(event, create)


def create(call: Call, request: Request) -> MultiMessage:
    """Make the room, its counter and its entry in the list, and move the client into it: all or nothing.

    A client is in one room at a time, so the same transaction takes it out of the room it was in.
    Then everybody who has a name hears of the new room.
    """
    me, name = call.connection, clean_name(request.value, "room's name")
    key = fold(name)

    def attempt() -> tuple[str, Leaving]:
        client, listed = registered(get_item(CLIENTS, me)), get_item(CLIENTS, ROOM_LIST) or {"rooms": {}}
        if key in listed["rooms"]:
            raise Refused(ErrorCode.ROOM_EXISTS, "there is a room of that name; join it")
        if len(listed["rooms"]) >= ROOM_LIMIT:
            raise Refused(ErrorCode.FULL, f"there are {ROOM_LIMIT} rooms already")
        # ROOMS: GetItem, then UpdateItem, or as the last one out DeleteItem; CLIENTS: UpdateItem
        left = plan_leaving(client)
        now = int(time.time() * 1000)  # after a dead room of that name has said its last
        room = {"room": key, "name": name, "created": now, "users": {me: client["name"]}}
        enter = "SET #room = :room, #born = :born REMOVE #expires"
        entry = put(CLIENTS, {"ID": ROOM_LIST, "rooms": {key: name}}, "attribute_not_exists(#ID)")
        if "ID" in listed:
            change = "SET #rooms.#new = :name" + (" REMOVE #rooms.#dead" if left.dead else "")
            space = "attribute_exists(#rooms) AND size(#rooms) < :limit"
            given = {"#new": key, ":name": name, ":limit": ROOM_LIMIT, "#dead": left.dead}
            entry = update(CLIENTS, ROOM_LIST, change, space, given)
        transact_write(
            put(ROOMS, room, "attribute_not_exists(#room)"),
            put(ROOMS, {"room": f"{key}#log", "seq": now, "born": now}, "attribute_not_exists(#room)"),
            update(CLIENTS, me, enter, *unchanged(client), {":room": key, ":born": now}),
            entry,
            *left.operations,
        )
        return client["name"], left

    user, left = retry_on_conflict(attempt)
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    broadcast(call, Post(SingleRoom(name)), left=left)
    return MultiMessage(name, (user,), id=request.id)
