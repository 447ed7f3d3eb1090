"""Who is connected, who is in which room, and how one leaves.

Items in client-records: ``<connection>`` (name, room), ``name#<name>`` (whose name it is), ``#rooms``
(the list of rooms). In room-messages-users: ``<room>`` (its members), and what `_log` keeps.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from wschat.functions._log import DeadLog, die
from wschat.functions._tables import CLIENTS, ROOMS, Json, delete, put, put_new, read, transact, update
from wschat.protocol.events import DeleteRoom, Event, UserLeft
from wschat.protocol.names import ROOM_LIMIT, fold
from wschat.protocol.refusals import ErrorCode, Refused

LIST = "#rooms"
LIFETIME = 2 * 60 * 60 + 600  # seconds: API Gateway ends a connection after 2 hours; and a margin


@dataclass(frozen=True)
class Client:
    """A connection: its name once it is registered, the key of the room it is in, and that room's birth."""

    connection: str
    name: str | None = None
    room: str | None = None
    born: int = 0


@dataclass(frozen=True)
class Room:
    """A room: its key (what names are compared by), its name as written, its members' names.

    `created` is in milliseconds since 1970. It tells a room from an earlier one of that name.
    """

    key: str
    name: str
    created: int
    users: dict[str, str]

    def item(self) -> Json:
        """Return the item that keeps the room."""
        users = {connection: {"S": name} for connection, name in self.users.items()}
        return {
            "room": {"S": self.key},
            "name": {"S": self.name},
            "created": {"N": str(self.created)},
            "users": {"M": users},
        }


@dataclass(frozen=True)
class Notice:
    """An event for some connections, or for everybody who is connected (None).

    `room` is the key of the room that they are in, where that is why they hear of it.
    """

    event: Event
    people: Sequence[str] | None = None
    room: str | None = None


def find_client(connection: str) -> Client:
    """Read what is known of a connection."""
    item = read(CLIENTS, connection) or {}
    born = int(item.get("born", {}).get("N", 0))
    return Client(connection, item.get("name", {}).get("S"), item.get("room", {}).get("S"), born)


def registered(connection: str) -> Client:
    """Read what is known of a connection that has a name.

    Raises:
        Refused: it has none.
    """
    client = find_client(connection)
    if client.name is None:
        raise Refused(ErrorCode.NOT_REGISTERED, "register a name first")
    return client


def find_room(room: str) -> Room | None:
    """Read a room and its members."""
    item = read(ROOMS, room)
    if item is None:
        return None
    users = {connection: name["S"] for connection, name in item["users"]["M"].items()}
    return Room(room, item["name"]["S"], int(item["created"]["N"]), users)


def room_names() -> dict[str, str] | None:
    """Read the list of rooms, key to name; None when there never was a room."""
    item = read(CLIENTS, LIST)
    return {key: name["S"] for key, name in item["rooms"]["M"].items()} if item else None


def list_rooms(added: Room | None, removed: Room | None, *, first: bool = False) -> list[Json]:
    """Return the change of the list: at most one operation, since a transaction takes an item once."""
    if added and first:
        return [put_new(CLIENTS, {"ID": {"S": LIST}, "rooms": {"M": {added.key: {"S": added.name}}}})]
    change, names, values, there = [], {"rooms": "rooms"}, {}, "attribute_exists(#rooms)"
    if added:
        change, names["new"], values["name"] = ["SET #rooms.#new = :name"], added.key, {"S": added.name}
        there, values["limit"] = f"{there} AND size(#rooms) < :limit", {"N": str(ROOM_LIMIT)}
    if removed:
        change, names["old"] = [*change, "REMOVE #rooms.#old"], removed.key
    if not change:
        return []
    return [update(CLIENTS, LIST, " ".join(change), condition=there, names=names, **values)]


def unchanged(client: Client) -> tuple[str, Json, Json]:
    """Return the condition that a connection's record still has this name and this room."""
    known = {"name": client.name, "room": client.room}
    tests = [
        f"#{field} = :{field}" if value else f"attribute_not_exists(#{field})"
        for field, value in known.items()
    ]
    values = {field: {"S": value} for field, value in known.items() if value}
    return " AND ".join(tests), {field: field for field in known}, values


def put_in_room(client: Client, room: Room | None) -> Json:
    """Return the change of a client's record when it enters a room, or none.

    The record of a member does not expire: without it nobody would find the membership any more.
    """
    condition, names, values = unchanged(client)
    if room:
        change = "SET #room = :in, #born = :born REMOVE #expires"
        values = values | {"in": {"S": room.key}, "born": {"N": str(room.created)}}
    else:
        change, values = "SET #expires = :expires REMOVE #room, #born", values | {"expires": _expiry()}
    names = names | {"born": "born", "expires": "expires"}
    return update(CLIENTS, client.connection, change, condition=condition, names=names, **values)


def _expiry() -> Json:
    return {"N": str(int(time.time()) + LIFETIME)}


@dataclass(frozen=True)
class Leaving:
    """How a client leaves its room: operations now, notices after them; and if the room dies, its log."""

    operations: list[Json] = field(default_factory=list)
    notices: tuple[Notice, ...] = ()
    dead: Room | None = None
    log: DeadLog | None = None

    def clear(self) -> None:
        """Clear away what a dead room leaves behind."""
        if self.log:
            self.log.clear()


def leaving(client: Client) -> Leaving:
    """Decide how a client leaves the room it is in; the last one out takes the room along."""
    room = find_room(client.room) if client.room else None
    if room is None or client.connection not in room.users:
        return Leaving()
    names, one = {"users": "users", "me": client.connection}, {"N": "1"}
    others = [connection for connection in room.users if connection != client.connection]
    if others:
        stay = "attribute_exists(#users.#me) AND size(#users) > :one"
        change = update(ROOMS, room.key, "REMOVE #users.#me", condition=stay, names=names, one=one)
        left = UserLeft(room.users[client.connection], room.name)
        return Leaving([change], (Notice(left, others, room.key),))
    alone = "attribute_exists(#users.#me) AND size(#users) = :one"
    change = delete(ROOMS, room.key, condition=alone, names=names, one=one)
    uncount, log = die(room.key, room.created)
    return Leaving([change, uncount], (Notice(DeleteRoom(room.name)),), room, log)


@dataclass(frozen=True)
class Owner:
    """Whose a name is: a connection, and the hash of its token."""

    connection: str
    token: str


def find_owner(name: str) -> Owner | None:
    """Read whose a name is; nobody's once the owner's connection can't live any more."""
    item = read(CLIENTS, name_key(name))
    if item is None or int(item["expires"]["N"]) < time.time():
        return None
    return Owner(item["owner"]["S"], item["token"]["S"])


def name_key(name: str) -> str:
    """Return the key of the item that says whose a name is."""
    return f"name#{fold(name)}"


def own(item: Json, before: Owner | None) -> Json:
    """Return the Put of a name's item, if the name is still `before`'s, or nobody's."""
    if before:
        was = {"S": before.connection}
        return put(CLIENTS, item, condition="#owner = :was", names={"owner": "owner"}, was=was)
    free, names = "attribute_not_exists(#id) OR #expires < :now", {"id": "ID", "expires": "expires"}
    return put(CLIENTS, item, condition=free, names=names, now={"N": str(int(time.time()))})


def rename(client: Client, name: str, room: Room | None, expires: int) -> Json:
    """Return the change of a client's record when it takes a name, and the place in a room with it.

    The record is made if there is none: a post that came before the connection was open may have met
    410, and whoever posted has forgotten the connection. If it is gone in truth, the next post tells.
    """
    condition, names, values = unchanged(client)
    change = "SET #name = :new, #connected = if_not_exists(#connected, :now)"
    names = names | {"connected": "connected", "expires": "expires"}
    values = values | {"new": {"S": name}, "now": {"N": str(int(time.time() * 1000))}}
    if room:
        change, names = f"{change}, #room = :in, #born = :born REMOVE #expires", names | {"born": "born"}
        values = values | {"in": {"S": room.key}, "born": {"N": str(room.created)}}
    else:
        change, values = f"{change}, #expires = :expires", values | {"expires": {"N": str(expires)}}
    return update(CLIENTS, client.connection, change, condition=condition, names=names, **values)


def move(old: str, new: str, name: str) -> tuple[list[Json], Room | None]:
    """Return what makes an old connection nameless and gives its place in a room to a new one; the room."""
    client = find_client(old)
    if client.name is None:
        return [], None
    condition, names, values = unchanged(client)
    names = names | {"born": "born", "expires": "expires"}
    change, values = "SET #expires = :expires REMOVE #name, #room, #born", values | {"expires": _expiry()}
    nameless = update(CLIENTS, old, change, condition=condition, names=names, **values)
    room = find_room(client.room) if client.room else None
    if room is None or old not in room.users:
        return [nameless], None
    names, there = {"users": "users", "old": old, "new": new}, "attribute_exists(#users.#old)"
    change = "SET #users.#new = :name REMOVE #users.#old"
    seat = update(ROOMS, room.key, change, condition=there, names=names, name={"S": name})
    return [nameless, seat], room


def free_name(client: Client) -> list[Json]:
    """Return the operation that gives a client's name back, if it has one and nobody else has it by now."""
    owner = read(CLIENTS, name_key(client.name)) if client.name else None
    if client.name is None or owner is None or owner["owner"]["S"] != client.connection:
        return []
    mine, names = {"S": client.connection}, {"owner": "owner"}
    return [delete(CLIENTS, name_key(client.name), condition="#owner = :me", names=names, me=mine)]


def drop(client: Client) -> Json:
    """Return the operation that deletes a connection's record, if it is still this."""
    condition, names, values = unchanged(client)
    return delete(CLIENTS, client.connection, condition=condition, names=names, **values)


def forget(connection: str, room: str | None = None, *, closed: bool) -> Leaving:
    """Remove all that is known of a connection that is gone; return what others should be told.

    `room` is where it was met: its record, which tells that too, may be gone before its membership.
    Unless it is known to have `closed`, one that takes a name meanwhile is left in peace: a post had come
    before it was open.
    """
    names_seen: list[str | None] = []

    def attempt() -> tuple[list[Json], Leaving]:
        client = find_client(connection)
        names_seen.append(client.name)
        if not closed and client.name != names_seen[0]:
            return [], Leaving()
        left = leaving(replace(client, room=client.room or room))
        return [drop(client), *free_name(client), *left.operations, *list_rooms(None, left.dead)], left

    return transact(attempt)
