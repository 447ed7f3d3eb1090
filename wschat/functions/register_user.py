"""register: take a name, or take it back with its token."""

import hashlib
import time

from wschat.functions.shared.dynamodb import CLIENTS, Json, get_item
from wschat.functions.shared.membership import alive, take_over, unchanged
from wschat.functions.shared.names import claim, give_back, name_item, own_names, require_owner
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.rooms import room_list
from wschat.functions.shared.seats import RESERVED, members
from wschat.functions.shared.writes import retry_on_conflict, transact_write, update
from wschat.protocol.events import Signup
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.skeleton import keys


def handler(event: Json, _context: object) -> Json:
    """Answer with the name and the rooms that there are, or with an error."""
    return answer(event, register)


def register(call: Call, request: Request) -> Signup:
    """Make the name this connection's, if nobody has one that looks like it, or the token is its owner's.

    A name has an item for each of its keys, so two can't both take it, with a hash of a token: who lost a
    connection shows by it that the name is theirs, whether or not AWS has noticed; the place moves along.
    """
    me, wanted, now = call.connection, clean_name(request.value), int(time.time())
    token = hashlib.sha256(request.token.encode()).hexdigest() if request.token else None

    def attempt() -> str:
        client = alive(get_item(CLIENTS, me) or {"ID": me})
        same = fold(client.get("name", "")) == fold(wanted)
        name = str(client["name"] if same and "room" in client else wanted)  # as the room has it
        found = {item: get_item(CLIENTS, item) for item in map(name_item, keys(name))}
        taken = [each for each in found.values() if each and each["owner"] != me and each["expires"] > now]
        if "room" in client and (taken or not same):
            raise Refused(ErrorCode.IN_A_ROOM, "leave the room before you take another name")
        require_owner(taken, name, token)
        # CLIENTS: GetItem, UpdateItem or DeleteItem; ROOMS: GetItem, UpdateItem
        moved, seat = take_over(taken[0]["owner"], me, name, found) if taken else ([], Json())
        place = ", #room = :room, #born = :born REMOVE #expires" if seat else ", #expires = :expires"
        change = "SET #name = :name, #connected = if_not_exists(#connected, :ms)"
        change += "" if "room" in client else place
        given = {":name": name, ":ms": now * 1000, ":expires": call.expires}
        transact_write(
            update(CLIENTS, me, change, *unchanged(client), given, seat),
            *claim(found, me, name, token, call.expires),  # CLIENTS: PutItem
            # If it had another one: CLIENTS: GetItem, DeleteItem
            *(give_back(own_names(client), but=found) if client.get("name") != name else ()),
            *moved,
        )
        return name

    name = retry_on_conflict(attempt)
    rooms = room_list()["rooms"]  # CLIENTS: GetItem
    return Signup(name, members(rooms, RESERVED), request.id)  # all but those to which nobody came back
