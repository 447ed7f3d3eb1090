"""What nobody came back to in time, rooms on the list and places in a full room: who reads them ends them."""

from functools import partial

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.invocation import Call
from wschat.functions.shared.membership import Leaving, end_room, prune
from wschat.functions.shared.rooms import relist, room_list
from wschat.functions.shared.seats import GRACE, RESERVED, over, witness
from wschat.functions.shared.writes import retry_on_conflict, transact_write
from wschat.protocol.limits import MEMBER_LIMIT, ROOM_LIMIT
from wschat.protocol.refusals import ErrorCode, Refused

AT_ONCE = 5  # rooms that one request ends: each takes a scan, and a post to everybody


def open_rooms(call: Call, wanted: str) -> Json:
    """Read the list of rooms; end some to which nobody came back, first the wanted one, and tell all.

    A full list keeps the others no longer than places: nobody shall fill it without staying connected.
    """
    listed = room_list()
    rooms, kept = listed["rooms"], GRACE if len(listed["rooms"]) >= ROOM_LIMIT else RESERVED
    due = over(rooms, RESERVED) | (over(rooms, kept) - {wanted})
    for key in sorted(due, key=lambda key: (key != wanted, key))[:AT_ONCE]:
        broadcast(call, left=retry_on_conflict(partial(_end_overdue, key, kept)))
    return room_list() if due else listed


def _end_overdue(key: str, kept: int) -> Leaving:
    """End a room that is `kept` no longer by the list, unless somebody is there: one attempt."""
    listed, room = room_list(), get_item(ROOMS, key)
    if key not in over(listed["rooms"], kept):
        return Leaving()
    if room is None:
        left = Leaving(entries={key: None})
    elif witness(room["users"]):
        left = Leaving(entries={key: room["name"]})
    else:
        left = end_room(room)
    transact_write(*left.operations, *relist(left.entries, listed))
    return left


def require_space(call: Call, room: Json, me: str) -> None:
    """See that a room takes one more: end a place that is kept no longer, and by the post of it the others.

    Raises:
        Refused: it is full.
    """
    if me in room["users"] or len(room["users"]) < MEMBER_LIMIT:
        return
    for who in over(room["users"]):
        if "cut" in (get_item(CLIENTS, who) or {"cut": 0}):
            broadcast(call, left=prune(who, room["room"]))
            return
    raise Refused(ErrorCode.FULL, f"the room has {MEMBER_LIMIT} members already")
