"""join: enter a room that exists, or fetch what was missed in the room one is in."""

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, batch_get_item, get_item
from wschat.functions.shared.history import newest, slots
from wschat.functions.shared.membership import Leaving, Post, plan_leaving, registered, unchanged
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.writes import retry_on_conflict, transact_write, update
from wschat.protocol.events import MultiMessage, UserJoined
from wschat.protocol.limits import MEMBER_LIMIT
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused


def handler(event: Json, _context: object) -> Json:
    """Answer with the room's members and messages, or with an error."""
    return answer(event, join)


def join(call: Call, request: Request) -> MultiMessage:
    """Move the client into the room, then read the members and the messages, then tell the others.

    Any other order would lose what is said meanwhile: SendMessage stores a message before it reads the
    members, so it finds this client among them, or this client finds the message in the history.
    """
    me, key = call.connection, fold(clean_name(request.value, "room's name"))

    def attempt() -> Leaving | None:
        client, room = registered(get_item(CLIENTS, me)), get_item(ROOMS, key)
        if room is None:
            raise Refused(ErrorCode.NO_SUCH_ROOM, "there is no room of that name; create it")
        if me in room["users"]:
            return None
        if len(room["users"]) >= MEMBER_LIMIT:
            raise Refused(ErrorCode.FULL, f"the room has {MEMBER_LIMIT} members already")
        # ROOMS: GetItem, then UpdateItem, or as the last one out DeleteItem; CLIENTS: UpdateItem
        left = plan_leaving(client)
        space = "attribute_exists(#users) AND size(#users) < :limit"
        enter = "SET #room = :room, #born = :born REMOVE #expires"
        given = {"#me": me, ":name": client["name"], ":limit": MEMBER_LIMIT}
        transact_write(
            update(ROOMS, key, "SET #users.#me = :name", space, given),
            update(CLIENTS, me, enter, *unchanged(client), {":room": key, ":born": room["created"]}),
            *left.operations,
            *left.unlist,
        )
        return left

    left = retry_on_conflict(attempt)
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    broadcast(call, left=left)
    room, counter = get_item(ROOMS, key), get_item(ROOMS, f"{key}#log")
    if room is None or counter is None or me not in room["users"]:
        raise Refused(ErrorCode.NO_SUCH_ROOM, "the room is gone; create it")
    after, last = max(room["created"], request.after or 0), counter["seq"]
    messages, truncated = newest(batch_get_item(ROOMS, slots(key, after, last)), after, last)
    if left:
        others = [member for member in room["users"] if member != me]
        broadcast(call, Post(UserJoined(room["users"][me], room["name"]), others, key))
    return MultiMessage(room["name"], tuple(room["users"].values()), messages, truncated, request.id)
