"""$disconnect: forget a connection that is gone."""

from wschat.functions._journal import journal
from wschat.functions._room import forget
from wschat.functions._tables import Json
from wschat.functions._talk import tell


def handler(event: Json, _context: object) -> Json:
    """Remove the connection's record, its name and its place in a room; tell the room.

    API Gateway runs this after a connection has closed: usually, but it does not promise to. So a
    connection is also forgotten when a post to it finds it gone, and both may happen: who comes
    second finds nothing to do.
    """
    with journal(event) as call:
        if call.kind == "DISCONNECT" and call.connection:  # and not a client's message of this action
            left = forget(call.connection, closed=True)
            tell(call, left.notices)
            left.clear()
    return {"statusCode": 200}
