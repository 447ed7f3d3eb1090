"""join: enter a room that exists, or fetch what was missed in the room one is in."""

from wschat.functions import _log, _room
from wschat.functions._tables import ROOMS, Json, transact, update
from wschat.functions._talk import answer, tell
from wschat.protocol import MEMBER_LIMIT as LIMIT
from wschat.protocol import ErrorCode, MultiMessage, Refused, Request, UserJoined, clean_name, fold


def handler(event: Json, _context: object) -> Json:
    """Answer with the room's members and messages, or with an error."""
    return answer(event, join)


def join(event: Json, connection: str, request: Request) -> MultiMessage:
    """Move the client into the room, then read the members and the messages, then tell the others.

    Any other order would lose what is said meanwhile: SendMessage stores a message before it reads the
    members, so it finds this client among them, or this client finds the message in the log.
    """
    key = fold(clean_name(request.value, "room's name"))

    def attempt() -> tuple[list[Json], _room.Leaving | None]:
        client, room = _room.registered(connection), _room.find_room(key)
        if room is None:
            raise Refused(ErrorCode.NO_SUCH_ROOM, "there is no room of that name; create it")
        if connection in room.users:
            return [], None
        if len(room.users) >= LIMIT:
            raise Refused(ErrorCode.FULL, f"the room has {LIMIT} members already")
        left, change = _room.leaving(client), "SET #users.#me = :name"
        names, limit = {"users": "users", "me": connection}, {"N": str(LIMIT)}
        values: Json = {"name": {"S": client.name}, "limit": limit}
        return [
            update(ROOMS, key, change, condition="size(#users) < :limit", names=names, **values),
            _room.put_in_room(client, key),
            *left.operations,
            *_room.list_rooms(None, left.dead),
        ], left

    left = transact(attempt)
    room = _room.find_room(key)
    if room is None or connection not in room.users:
        raise Refused(ErrorCode.NO_SUCH_ROOM, "the room is gone; create it")
    messages, truncated = _log.history(room, request.after)
    if left:
        others = [member for member in room.users if member != connection]
        tell(event, [*left.finish(), _room.Notice(UserJoined(room.users[connection], room.name), others)])
    return MultiMessage(room.name, tuple(room.users.values()), messages, truncated, request.id)
