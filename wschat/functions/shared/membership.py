"""How one leaves a room, and what else goes with a connection that is gone or has lost its name."""

import time
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from wschat.functions.shared.aws import ClientError
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.history import slots
from wschat.functions.shared.invocation import LIFETIME, add_counts
from wschat.functions.shared.names import give_back, own_names
from wschat.functions.shared.rooms import Entries, beside, relist
from wschat.functions.shared.seats import RESERVED, is_over, listeners, mark, name_of, over, witness
from wschat.functions.shared.workers import pool
from wschat.functions.shared.writes import delete, retry_on_conflict, transact_write, update, write
from wschat.protocol.events import DeleteRoom, Event, UserLeft
from wschat.protocol.names import fold
from wschat.protocol.refusals import ErrorCode, Refused

RECORD = ("name", "room", "cut")  # of a connection's record, what decisions are made by


@dataclass(frozen=True)
class Post:
    """An event for some connections, or for all that have a name (None): strangers must not multiply posts.

    `room` is the key of the room that they are in, where that is why they hear of it.
    """

    event: Event
    connections: Iterable[str] | None = None
    room: str | None = None


@dataclass(frozen=True)
class Leaving:
    """How a client leaves its room: operations of the transaction, and what follows it.

    `entries` are what the list of rooms has to say then; `messages` delete what a dead room leaves.
    """

    operations: Sequence[Json] = ()
    notices: Sequence[Post] = ()
    entries: Entries = field(default_factory=dict)
    messages: Sequence[Json] = ()

    def clear(self) -> None:
        """Delete a dead room's messages.

        What is left after a stop in between does no harm: it is older than any room of that name.
        """
        if left := sum(pool().map(_fails, self.messages)):
            add_counts({"not cleared": left})


def _fails(operation: Json) -> bool:
    try:
        write(operation)
    except (ClientError, Refused):
        return True
    return False


def registered(client: Json | None) -> Json:
    """Return a connection's record if it has a name.

    Raises:
        Refused: it has none, there is no record, or the connection has ended.
    """
    if client is None or "name" not in client:
        raise Refused(ErrorCode.NOT_REGISTERED, "register a name first")
    return alive(client)


def alive(client: Json) -> Json:
    """Return a connection's record, unless it is cut off: a frame may be dealt with late.

    Raises:
        Refused: it is.
    """
    if "cut" in client:
        raise Refused(ErrorCode.NOT_REGISTERED, "this connection has ended")
    return client


def unchanged(client: Json) -> tuple[str, Json]:
    """Return the condition that a record still is as it was read: its name, its room, whether it is cut off.

    This is optimistic locking: whoever reads, decides and then writes under it has lost nothing that others
    wrote meanwhile.
    """
    tests = [
        f"#{field} = :old_{field}" if field in client else f"attribute_not_exists(#{field})"
        for field in RECORD
    ]
    return " AND ".join(tests), {f":old_{field}": client.get(field) for field in RECORD}


def plan_leaving(client: Json, cut: int | None = None) -> Leaving:
    """Decide how a client leaves the room it is in, if any; the last one takes the room along.

    Who was `cut` off, at that second, keeps the place for the grace, and nobody hears of it. A room in which
    nobody is there any more, and to which somebody may come back, is marked so on the list.
    """
    me, room = client["ID"], get_item(ROOMS, client["room"]) if "room" in client else None
    if room is None or me not in room["users"]:
        return Leaving()
    key, users, now = room["room"], room["users"], int(time.time())
    given, notices, change = {"#me": me, ":users": users}, list[Post](), "SET #users.#me = :kept"
    if cut is None or is_over(cut):
        change = "REMOVE #users.#me"
        notices = [Post(UserLeft(name_of(users[me]), room["name"]), listeners(users, but=me), key)]
    else:
        given |= {":kept": mark(users[me], cut)}
    if other := witness(users, me):
        stays = "attribute_exists(#users.#me) AND #users.#other = :other"
        given |= {"#other": other, ":other": users[other]}
        return Leaving([update(ROOMS, key, change, stays, given)], notices)
    if cut is None and users.keys() - over(users) <= {me}:
        return end_room(room)
    entries = {key: mark(room["name"], now)} if "#" not in users[me] else {}
    return Leaving([update(ROOMS, key, change, "#users = :users", given)], notices, entries)


def end_room(room: Json) -> Leaving:
    """Return how a room ends, with all places in it, if nobody comes or goes meanwhile."""
    key, counter = room["room"], get_item(ROOMS, f"{room['room']}#log")
    last = counter["seq"] if counter else 0
    old = "#seq <= :last"  # none of a newer room of that name: those have higher seqs
    return Leaving(
        operations=[
            delete(ROOMS, key, "#users = :users", {":users": room["users"]}),
            delete(ROOMS, f"{key}#log", ""),
        ],
        notices=[Post(DeleteRoom(room["name"]))],
        entries={key: None},
        messages=[delete(ROOMS, slot, old, {":last": last}) for slot in slots(key, room["created"], last)],
    )


def end(client: Json, room: str | None = None, *, goodbye: bool = False) -> Leaving:
    """Take a connection that has ended out of the tables, or note that it was cut off: one attempt.

    Who has a token, and did not say goodbye, may be back: the name is kept for a while, and the place too.
    The record stays as well, so that a goodbye still counts that comes after a post has met 410. `room` is
    where it is a member if its record does not say so.
    """
    me, now, there = client["ID"], int(time.time()), {"room": room, **client} if room else client
    names, gone = own_names(client), delete(CLIENTS, me, *unchanged(client))
    if goodbye or ("cut" not in client and not any("token" in name for name in names)):
        left, record = plan_leaving(there), [gone, *give_back(names)]
    elif "cut" not in client:
        left, given = plan_leaving(there, now), {":now": now, ":until": now + RESERVED, ":me": me}
        keep = "SET #expires = :until"
        record = [update(CLIENTS, me, f"{keep}, #cut = :now", *unchanged(client), given)]
        record += [update(CLIENTS, name["ID"], keep, "#owner = :me", given) for name in names]
    elif is_over(client["cut"]):
        left, record = plan_leaving(there, client["cut"]), [gone]
    else:
        return Leaving()
    transact_write(*record, *left.operations, *relist(left.entries))
    return left


def take_over(old: str, new: str, name: str, kept: Container[str]) -> tuple[list[Json], Json]:
    """Return what takes an old connection's name, and gives its place in a room to a new one.

    Of the name's items some are `kept`, for the new one.

    Returns:
        The operations, and what the new connection's record then has to say of the room: `:room` and `:born`.
    """
    client = get_item(CLIENTS, old) or {}
    if fold(client.get("name", "")) != fold(name):
        return [], {}
    change = "SET #expires = :expires REMOVE #name, #room, #born"
    expires = {":expires": client["connected"] // 1000 + LIFETIME}
    if "cut" in client:
        nameless = delete(CLIENTS, old, *unchanged(client))
    else:
        nameless = update(CLIENTS, old, change, *unchanged(client), expires)
    moved = [nameless, *(give_back(own_names(client), but=kept) if client["name"] != name else ())]
    room = get_item(ROOMS, client["room"]) if "room" in client else None
    if room is None or old not in room["users"]:
        return moved, {}
    condition, given, entries = beside(room, new)
    given |= {"#new": new, "#old": old, ":name": name}
    change = "SET #users.#new = :name REMOVE #users.#old"
    seat = update(ROOMS, room["room"], change, f"{condition} AND attribute_exists(#users.#old)", given)
    return [*moved, seat, *relist(entries)], {":room": room["room"], ":born": room["created"]}


def prune(connection: str, room: str | None) -> Leaving:
    """Deal with a connection to which nothing can be posted any more, as with one that ended without goodbye.

    `room` is where it was a member: its record, which says so too, may be gone before its membership. One
    that takes a name meanwhile is not pruned: the post preceded its handshake.
    """
    names: list[str | None] = []

    def attempt() -> Leaving:
        client = get_item(CLIENTS, connection) or {"ID": connection}
        names.append(client.get("name"))
        if names[-1] != names[0]:
            return Leaving()
        return end(client, room)

    return retry_on_conflict(attempt)
