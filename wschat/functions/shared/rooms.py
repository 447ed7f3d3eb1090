"""What another item says of a room too: the list, the counter, records; whoever reads both mends it."""

import time

from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.writes import delete, retry_on_conflict, transact_write, update
from wschat.protocol.refusals import ErrorCode, Refused

ROOM_LIST = "#rooms"  # the item of client-records that lists the rooms: key to name
ENTER = "SET #room = :room, #born = :born REMOVE #expires"  # what it does to a record
SPACE = "#created = :born AND (attribute_exists(#users.#me) OR size(#users) < :limit)"  # on which condition


def list_room(listed: Json | None, key: str, name: str, dead: str | None = None) -> Json:
    """Return what puts a room on the list that was read, of which it takes a dead one, or makes the list."""
    if listed is None:
        change = "SET #rooms = :rooms"
        return update(CLIENTS, ROOM_LIST, change, "attribute_not_exists(#rooms)", {":rooms": {key: name}})
    change = "SET #rooms.#new = :name" + (" REMOVE #rooms.#dead" if dead else "")
    given = {"#new": key, ":name": name, "#dead": dead, ":listed": listed["rooms"]}
    return update(CLIENTS, ROOM_LIST, change, "#rooms = :listed", given)


def relist(key: str, name: str, dead: str | None) -> list[Json]:
    """Return what puts a room on the list if it is missing there, and takes a dead one off."""
    listed = get_item(CLIENTS, ROOM_LIST)
    is_known = listed is not None and key in listed["rooms"]
    return unlist(dead) if is_known else [list_room(listed, key, name, dead)]


def unlist(dead: str | None) -> list[Json]:
    """Return what takes a dead room off the list, if there is one."""
    if dead is None or get_item(CLIENTS, ROOM_LIST) is None:
        return []
    return [update(CLIENTS, ROOM_LIST, "REMOVE #rooms.#dead", "attribute_exists(#rooms)", {"#dead": dead})]


def no_such_room(key: str) -> Refused:
    """Return the refusal of a room that has no item; take it off the list, unless it is made meanwhile."""

    def attempt() -> None:
        listed = get_item(CLIENTS, ROOM_LIST)
        if listed and key in listed["rooms"] and get_item(ROOMS, key) is None:
            transact_write(delete(ROOMS, key, "attribute_not_exists(#room)"), *unlist(key))

    retry_on_conflict(attempt)
    return Refused(ErrorCode.NO_SUCH_ROOM, "there is no room of that name; create it")


def room_and_counter(key: str) -> tuple[Json, int]:
    """Read a room and the seq of its last message; a room that is gone has no members.

    A counter that is missing, or of another room of that name, is made anew: its seqs go on from now.
    """

    def attempt() -> tuple[Json, int]:
        room, counter = get_item(ROOMS, key), get_item(ROOMS, f"{key}#log")
        if room is None:
            return {"users": {}, "created": 0}, 0
        if counter and counter["born"] == room["created"]:
            return room, counter["seq"]
        given = {":born": room["created"], ":now": int(time.time() * 1000)}
        other = "attribute_not_exists(#born) OR #born <> :born"
        transact_write(
            update(ROOMS, key, "SET #created = :born", "#created = :born", given),
            update(ROOMS, f"{key}#log", "SET #seq = :now, #born = :born", other, given),
        )
        return room, given[":now"]

    return retry_on_conflict(attempt)


def seated(client: Json, room: Json) -> Json:
    """Return the members of the room that a client's record names; if it is not listed, it is from now on."""
    me, users = str(client["ID"]), Json(room["users"])
    given = {"#me": me, ":name": client["name"], ":room": client["room"], ":born": room["created"]}

    def attempt() -> Json:
        known = get_item(CLIENTS, me) or {}
        if any(known.get(field) != client.get(field) for field in ("name", "room", "born", "cut")):
            return users  # it has moved meanwhile, or was cut off
        same = "#room = :room AND #name = :name AND attribute_not_exists(#cut)"
        transact_write(
            update(ROOMS, room["room"], "SET #users.#me = :name", "#created = :born", given),
            update(CLIENTS, me, "SET #born = :born", same, given),
        )
        return {**users, me: client["name"]}

    return users if users.get(me) == client["name"] else retry_on_conflict(attempt)
