"""How one leaves a room, and what else goes with a connection that is gone or has lost its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, Json, get_item
from wschat.functions.shared.history import slots
from wschat.functions.shared.invocation import LIFETIME, add_counts
from wschat.functions.shared.rooms import unlist
from wschat.functions.shared.workers import pool
from wschat.functions.shared.writes import delete, retry_on_conflict, transact_write, update, write
from wschat.protocol.events import DeleteRoom, Event, UserLeft
from wschat.protocol.names import fold
from wschat.protocol.refusals import ErrorCode, Refused


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

    `dead` is the key of a room that goes along, to be taken off the list; `messages` delete what it leaves.
    """

    operations: Sequence[Json] = ()
    notices: Sequence[Post] = ()
    dead: str | None = None
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
    except (BotoCoreError, ClientError, Refused):
        return True
    return False


def registered(client: Json | None) -> Json:
    """Return a connection's record if it has a name.

    Raises:
        Refused: it has none, or there is no record.
    """
    if client is None or "name" not in client:
        raise Refused(ErrorCode.NOT_REGISTERED, "register a name first")
    return client


def unchanged(client: Json) -> tuple[str, Json]:
    """Return the condition that a record still has the name and the room that it was read with.

    This is optimistic locking: whoever reads, decides and then writes under it has lost nothing that others
    wrote meanwhile.
    """
    tests = [
        f"#{field} = :old_{field}" if field in client else f"attribute_not_exists(#{field})"
        for field in ("name", "room")
    ]
    return " AND ".join(tests), {":old_name": client.get("name"), ":old_room": client.get("room")}


def plan_leaving(client: Json) -> Leaving:
    """Decide how a client leaves the room it is in, if any; the last one out takes the room along."""
    me, room = client["ID"], get_item(ROOMS, client["room"]) if "room" in client else None
    if room is None or me not in room["users"]:
        return Leaving()
    key, given = room["room"], {"#me": me, ":one": 1}
    if others := [member for member in room["users"] if member != me]:
        several = "attribute_exists(#users.#me) AND size(#users) > :one"
        left = Post(UserLeft(room["users"][me], room["name"]), others, key)
        return Leaving([update(ROOMS, key, "REMOVE #users.#me", several, given)], [left])
    counter = get_item(ROOMS, f"{key}#log")
    last = counter["seq"] if counter else 0
    old = "#seq <= :last"  # none of a newer room of that name: those have higher seqs
    return Leaving(
        operations=[
            delete(ROOMS, key, "attribute_exists(#users.#me) AND size(#users) = :one", given),
            delete(ROOMS, f"{key}#log", ""),
        ],
        notices=[Post(DeleteRoom(room["name"]))],
        dead=key,
        messages=[delete(ROOMS, slot, old, {":last": last}) for slot in slots(key, room["created"], last)],
    )


def free_name(client: Json) -> list[Json]:
    """Return the operation that gives a client's name back, if it has one and nobody else has it by now."""
    key = f"name#{fold(client['name'])}" if "name" in client else ""
    name = get_item(CLIENTS, key) if key else None
    if name is None or name["owner"] != client["ID"]:
        return []
    return [delete(CLIENTS, key, "#owner = :me", {":me": client["ID"]})]


def take_over(old: str, new: str, name: str) -> tuple[list[Json], Json]:
    """Return what takes an old connection's name, and gives its place in a room to a new one.

    Returns:
        The operations, and what the new connection's record then has to say of the room: `:room` and `:born`.
    """
    client = get_item(CLIENTS, old) or {}
    if fold(client.get("name", "")) != fold(name):
        return [], {}
    change = "SET #expires = :expires REMOVE #name, #room, #born"
    expires = client["connected"] // 1000 + LIFETIME
    nameless = update(CLIENTS, old, change, *unchanged(client), {":expires": expires})
    room = get_item(ROOMS, client["room"]) if "room" in client else None
    if room is None or old not in room["users"]:
        return [nameless], {}
    change, given = "SET #users.#new = :name REMOVE #users.#old", {"#new": new, "#old": old, ":name": name}
    seat = update(ROOMS, room["room"], change, "attribute_exists(#users.#old)", given)
    return [nameless, seat], {":room": room["room"], ":born": room["created"]}


def prune(connection: str, room: str | None) -> Leaving:
    """Remove all that is known of a connection to which nothing can be posted any more.

    `room` is where it was a member: its record, which says so too, may be gone before its membership. One
    that takes a name meanwhile is not pruned: the post preceded its handshake.
    """
    names: list[str | None] = []

    def attempt() -> Leaving:
        client = get_item(CLIENTS, connection) or {"ID": connection}
        names.append(client.get("name"))
        if names[-1] != names[0]:
            return Leaving()
        left = plan_leaving({"room": room, **client} if room else client)
        record = delete(CLIENTS, connection, *unchanged(client))
        transact_write(record, *free_name(client), *left.operations, *unlist(left.dead))
        return left

    return retry_on_conflict(attempt)
