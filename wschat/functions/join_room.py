"""join: enter a room that exists, or fetch what was missed in the room one is in."""

from wschat.functions import _log, _room
from wschat.functions._journal import Call
from wschat.functions._tables import ROOMS, Json, transact, update
from wschat.functions._talk import answer, tell
from wschat.protocol.events import MultiMessage, UserJoined
from wschat.protocol.names import MEMBER_LIMIT as LIMIT
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Request

THERE_IS_ROOM = "attribute_exists(#users) AND size(#users) < :limit"


def handler(event: Json, _context: object) -> Json:
    """Answer with the room's members and messages, or with an error."""
    return answer(event, join)


def join(call: Call, request: Request) -> MultiMessage:
    """Move the client into the room, then read the members and the messages, then tell the others.

    Any other order would lose what is said meanwhile: SendMessage stores a message before it reads the
    members, so it finds this client among them, or this client finds the message in the log.
    """
    key = fold(clean_name(request.value, "room's name"))

    def attempt() -> tuple[list[Json], _room.Leaving | None]:
        client, room = _room.registered(call.connection), _room.find_room(key)
        if room is None:
            raise Refused(ErrorCode.NO_SUCH_ROOM, "there is no room of that name; create it")
        if call.connection in room.users:
            return [], None
        if len(room.users) >= LIMIT:
            raise Refused(ErrorCode.FULL, f"the room has {LIMIT} members already")
        names, limit = {"users": "users", "me": call.connection}, {"N": str(LIMIT)}
        seat: Json = {"condition": THERE_IS_ROOM, "names": names, "limit": limit, "name": {"S": client.name}}
        left = _room.leaving(client)
        return [
            update(ROOMS, key, "SET #users.#me = :name", **seat),
            _room.put_in_room(client, room),
            *left.operations,
            *_room.list_rooms(None, left.dead),
        ], left

    left = transact(attempt)
    if left:
        tell(call, left.notices)
        left.clear()
    room = _room.find_room(key)
    if room is None or call.connection not in room.users:
        raise Refused(ErrorCode.NO_SUCH_ROOM, "the room is gone; create it")
    messages, truncated = _log.history(key, room.created, request.after)
    if left:
        others = [member for member in room.users if member != call.connection]
        tell(call, [_room.Notice(UserJoined(room.users[call.connection], room.name), others, key)])
    return MultiMessage(room.name, tuple(room.users.values()), messages, truncated, request.id)
