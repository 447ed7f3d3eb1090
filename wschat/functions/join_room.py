"""join: enter a room that exists, or fetch what was missed in the room one is in."""

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, batch_get_item, get_item
from wschat.functions.shared.history import newest, slots
from wschat.functions.shared.membership import Leaving, Post, plan_leaving, registered, unchanged
from wschat.functions.shared.overdue import open_rooms, require_space
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.rooms import ENTER, SPACE, beside, no_such_room, relist, room_and_counter
from wschat.functions.shared.seats import listeners, members, name_of
from wschat.functions.shared.writes import retry_on_conflict, transact_write, update
from wschat.protocol.events import MultiMessage, UserJoined
from wschat.protocol.limits import MEMBER_LIMIT
from wschat.protocol.names import clean_name, fold


def handler(event: Json, _context: object) -> Json:
    """Answer with the room's members and messages, or with an error."""
    return answer(event, join)


def join(call: Call, request: Request) -> MultiMessage:
    """Move the client into the room, then read the members and the messages, then tell the others.

    Any other order would lose what is said meanwhile: SendMessage stores a message before it reads the
    members for the last time, so it finds this client, or this client finds the message in the history.
    """
    me, key = call.connection, fold(clean_name(request.value, "room's name"))

    def attempt() -> Leaving | None:
        client, room = registered(get_item(CLIENTS, me)), get_item(ROOMS, key)
        if room is None:
            raise no_such_room(key)  # CLIENTS: GetItem, UpdateItem; ROOMS: GetItem, DeleteItem
        if me in room["users"] and (client.get("room"), client.get("born")) == (key, room["created"]):
            return None
        listed = open_rooms(call, key)  # CLIENTS: GetItem, Scan, UpdateItem; ROOMS: GetItem, DeleteItem
        require_space(call, room, me)  # CLIENTS: GetItem, Scan, DeleteItem; ROOMS: GetItem, UpdateItem
        # ROOMS: GetItem, then UpdateItem, or as the last one out DeleteItem; CLIENTS: UpdateItem
        left = plan_leaving(client) if client.get("room") != key else Leaving()
        condition, given, entries = beside(room, me, listed)
        given |= {"#me": me, ":name": client["name"], ":limit": MEMBER_LIMIT, ":room": key}
        transact_write(
            update(ROOMS, key, "SET #users.#me = :name", f"{condition} AND {SPACE}", given),
            update(CLIENTS, me, ENTER, *unchanged(client), given),
            *left.operations,
            *relist({**left.entries, **entries}),  # CLIENTS: GetItem, UpdateItem
        )
        return left

    left = retry_on_conflict(attempt)
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    broadcast(call, left=left)
    room, last = room_and_counter(key)  # ROOMS: GetItem, UpdateItem
    if me not in (users := room["users"]):
        raise no_such_room(key)
    after = max(room["created"], request.after or 0)
    messages, truncated = newest(batch_get_item(ROOMS, slots(key, after, last)), after, last)
    if left:
        broadcast(call, Post(UserJoined(name_of(users[me]), room["name"]), listeners(users, but=me), key))
    return MultiMessage(room["name"], members(users), messages, truncated, request.id)
