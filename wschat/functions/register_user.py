"""register: take a name, or take it back with its token."""

import hashlib
import hmac
import secrets

from wschat.functions import _room
from wschat.functions._journal import Call
from wschat.functions._tables import Json, transact
from wschat.functions._talk import answer
from wschat.protocol.events import Signup
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Request


def handler(event: Json, _context: object) -> Json:
    """Answer with the name and the rooms that there are, or with an error."""
    return answer(event, register)


def register(call: Call, request: Request) -> Signup:
    """Make the name this connection's, if it is nobody's or the token is its owner's.

    A name has an item of its own, so two connections can't both take it. A client that has lost its
    connection shows by its token that the name is its own, even before AWS has noticed the loss; its
    place in the room moves along. Of the token only a hash is stored.
    """
    name = clean_name(request.value)
    token = hashlib.sha256((request.token or secrets.token_hex()).encode()).hexdigest()
    expires = call.connected // 1000 + _room.LIFETIME
    item = {"ID": {"S": _room.name_key(name)}, "owner": {"S": call.connection}, "token": {"S": token}}
    item["expires"] = {"N": str(expires)}

    def attempt() -> tuple[list[Json], str]:
        client, owner = _room.find_client(call.connection), _room.find_owner(name)
        same = client.name is not None and fold(client.name) == fold(name)
        if client.room and same:
            return [], str(client.name)  # it is registered as that already
        if client.room:
            raise Refused(ErrorCode.IN_A_ROOM, "leave the room before you take another name")
        if owner and owner.connection != call.connection:
            if not hmac.compare_digest(owner.token, token):
                raise Refused(ErrorCode.NAME_TAKEN, "somebody else has that name")
            moved, room = _room.move(owner.connection, call.connection, name)
        else:
            moved, room = [], None
        return [
            _room.own(item, owner),
            _room.rename(client, name, room, expires),
            *([] if same else _room.free_name(client)),
            *moved,
        ], name

    name = transact(attempt)
    rooms = _room.room_names() or {}
    return Signup(name, tuple(rooms.values()), request.id)
