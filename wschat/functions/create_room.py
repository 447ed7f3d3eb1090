"""create: make a room and be its first member."""

import time

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.membership import Leaving, Post, plan_leaving, registered, unchanged
from wschat.functions.shared.new_rooms import require_new
from wschat.functions.shared.overdue import open_rooms
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.rooms import ENTER, relist
from wschat.functions.shared.seats import members
from wschat.functions.shared.writes import put, retry_on_conflict, transact_write, update
from wschat.protocol.events import MultiMessage, SingleRoom
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused


def handler(event: Json, _context: object) -> Json:
    """Answer with the new room and its one member, or with an error."""
    return answer(event, create)


def create(call: Call, request: Request) -> MultiMessage:
    """Make the room, its counter and its entry in the list, and move the client into it: all or nothing.

    A client is in one room at a time, so the same transaction takes it out of the room it was in.
    Then everybody who has a name hears of the new room. Asked once more, after a cut, it is the same room.
    """
    me, key = call.connection, fold(name := clean_name(request.value, "room's name"))

    def attempt() -> tuple[Json, Leaving | None]:
        # Ends what is overdue. CLIENTS: GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem
        client, listed = registered(get_item(CLIENTS, me)), open_rooms(call, key)
        known = get_item(ROOMS, key)
        if known and me in known["users"] and known.get("request", "") == request.id:
            return known["users"], None
        if known:
            raise Refused(ErrorCode.ROOM_EXISTS, "there is a room of that name; join it")
        # CLIENTS: GetItem, UpdateItem; ROOMS: GetItem, DeleteItem
        require_new(name, listed["rooms"])
        # ROOMS: GetItem, then UpdateItem, or as the last one out DeleteItem; CLIENTS: UpdateItem
        left = plan_leaving(client)
        now = int(time.time() * 1000)  # after a dead room of that name has said its last
        users, given = {me: client["name"]}, {":room": key, ":born": now}
        room = {"room": key, "name": name, "created": now, "users": users, "request": request.id}
        transact_write(
            put(ROOMS, room, "attribute_not_exists(#room)"),
            put(ROOMS, {"room": f"{key}#log", "seq": now, "born": now}),
            update(CLIENTS, me, ENTER, *unchanged(client), given),
            *relist({**left.entries, key: name}, listed),  # CLIENTS: UpdateItem
            *left.operations,
        )
        return users, left

    users, left = retry_on_conflict(attempt)
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    if left:
        broadcast(call, Post(SingleRoom(name)), left=left)
    return MultiMessage(name, members(users), id=request.id)
