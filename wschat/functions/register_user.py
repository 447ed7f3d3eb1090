"""register: take a name, or take it back with its token."""

import hashlib
import hmac
import time

from wschat.functions.shared.dynamodb import CLIENTS, Json, get_item
from wschat.functions.shared.membership import alive, free_name, own_name, take_over, unchanged
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.rooms import ROOM_LIST
from wschat.functions.shared.writes import put, retry_on_conflict, transact_write, update
from wschat.protocol.events import Signup
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused


def handler(event: Json, _context: object) -> Json:
    """Answer with the name and the rooms that there are, or with an error."""
    return answer(event, register)


def register(call: Call, request: Request) -> Signup:
    """Make the name this connection's, if it is nobody's or the token is its owner's.

    A name has an item of its own, so two can't both take it, with a hash of a token: who lost a connection
    shows by it that the name is theirs, and AWS may have noticed the loss or not; the place moves along.
    """
    me, name, now = call.connection, clean_name(request.value), int(time.time())
    key, expires = f"name#{fold(name)}", call.expires
    token = hashlib.sha256(request.token.encode()).hexdigest() if request.token else None

    def attempt() -> str:
        client = alive(get_item(CLIENTS, me) or {"ID": me})
        owner: Json = get_item(CLIENTS, key) or {"owner": "", "expires": 0}
        same = "name" in client and fold(client["name"]) == fold(name)
        others = owner["expires"] >= now and owner["owner"] != me
        seat = {":room": client["room"], ":born": client.get("born", 0)} if "room" in client else Json()
        if seat and (others or not same):
            raise Refused(ErrorCode.IN_A_ROOM, "leave the room before you take another name")
        if others and not (token and hmac.compare_digest(owner.get("token", ""), token)):
            raise Refused(ErrorCode.NAME_TAKEN, "somebody else has that name")
        kept = client["name"] if seat else name  # as the room has it
        # CLIENTS: GetItem, UpdateItem or DeleteItem; ROOMS: GetItem, UpdateItem
        moved, seat = take_over(owner["owner"], me, name) if others else ([], seat)
        free = "#owner = :owner" if owner["owner"] else "attribute_not_exists(#ID) OR #expires < :now"
        place = "#room = :room, #born = :born REMOVE #expires" if seat else "#expires = :expires"
        change = f"SET #name = :name, #connected = if_not_exists(#connected, :ms), {place}"
        given = {":name": kept, ":now": now, ":ms": now * 1000, ":expires": expires, ":owner": owner["owner"]}
        transact_write(
            put(CLIENTS, {"ID": key, "owner": me, "token": token, "expires": expires}, free, given),
            update(CLIENTS, me, change, *unchanged(client), given, seat),
            *([] if same else free_name(own_name(client))),  # CLIENTS: GetItem, DeleteItem
            *moved,
        )
        return str(kept)

    name = retry_on_conflict(attempt)
    rooms = get_item(CLIENTS, ROOM_LIST) or {"rooms": {}}
    return Signup(name, tuple(rooms["rooms"].values()), request.id)
