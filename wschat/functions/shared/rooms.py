"""What another item says of a room too: the list, the counter, records; whoever reads both mends it."""

import time
from collections.abc import Mapping

from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.seats import witness
from wschat.functions.shared.writes import delete, retry_on_conflict, transact_write, update
from wschat.protocol.refusals import ErrorCode, Refused

ROOM_LIST = "#rooms"  # the item of client-records that lists the rooms, by their keys
ENTER = "SET #room = :room, #born = :born REMOVE #expires"  # what it does to a record
SPACE = "(attribute_exists(#users.#me) OR size(#users) < :limit)"  # on which condition

Entries = Mapping[str, str | None]
"""What becomes of the list, by rooms' keys: the name, with a mark if nobody is there; None takes it off."""


def room_list() -> Json:
    """Read the list; one that is not there lists nothing."""
    return get_item(CLIENTS, ROOM_LIST) or {"rooms": {}}


def relist(entries: Entries, read: Json | None = None) -> list[Json]:
    """Return what changes the list so, or makes it; if it was `read` before, only as it was then."""
    if not entries:
        return []
    listed = read or room_list()
    if "ID" not in listed:
        given = Json({":rooms": {key: name for key, name in entries.items() if name}})
        return [update(CLIENTS, ROOM_LIST, "SET #rooms = :rooms", "attribute_not_exists(#rooms)", given)]
    given, change = Json({":listed": listed["rooms"]}), {"SET": list[str](), "REMOVE": list[str]()}
    for at, (key, name) in enumerate(entries.items()):
        given |= {f"#key{at}": key, f":name{at}": name}
        change["SET" if name else "REMOVE"].append(f"#rooms.#key{at}" + (f" = :name{at}" if name else ""))
    words = " ".join(f"{verb} {', '.join(parts)}" for verb, parts in change.items() if parts)
    return [
        update(CLIENTS, ROOM_LIST, words, "#rooms = :listed" if read else "attribute_exists(#rooms)", given)
    ]


def beside(room: Json, me: str, listed: Json | None = None) -> tuple[str, Json, Entries]:
    """Return how somebody takes a place in a room: while another one is there, or the list is told of it.

    Returns:
        The condition, what it is given, and what the list has to say, which may have been read (`listed`).
    """
    key, name, other = room["room"], room["name"], witness(room["users"], me)
    is_told = listed is None or listed["rooms"].get(key) == name
    condition = "#created = :born" + (" AND #users.#other = :other" if other else "")
    given = {":born": room["created"], "#other": other, ":other": room["users"].get(other)}
    return condition, given, {} if other and is_told else {key: name}


def no_such_room(key: str) -> Refused:
    """Return the refusal of a room that has no item; take it off the list, unless it is made meanwhile."""

    def attempt() -> None:
        listed = room_list()
        if key in listed["rooms"] and get_item(ROOMS, key) is None:
            transact_write(delete(ROOMS, key, "attribute_not_exists(#room)"), *relist({key: None}))

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

    def attempt() -> Json:
        known, there = get_item(CLIENTS, me) or {}, get_item(ROOMS, room["room"])
        if any(known.get(field) != client.get(field) for field in ("name", "room", "born", "cut")):
            return users  # it has moved meanwhile, or was cut off
        if there is None or there["created"] != room["created"]:
            return users  # all have left
        condition, given, entries = beside(there, me)
        given |= {"#me": me, ":name": client["name"], ":room": client["room"]}
        same = "#room = :room AND #name = :name AND attribute_not_exists(#cut)"
        transact_write(
            update(ROOMS, room["room"], "SET #users.#me = :name", condition, given),
            update(CLIENTS, me, "SET #born = :born", same, given),
            *relist(entries),
        )
        return {**there["users"], me: client["name"]}

    return users if users.get(me) == client["name"] else retry_on_conflict(attempt)
