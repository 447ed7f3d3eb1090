"""$disconnect: forget a connection that is gone."""

from wschat.functions._room import forget
from wschat.functions._tables import Json
from wschat.functions._talk import log, tell


def handler(event: Json, _context: object) -> Json:
    """Remove the connection's record, its name and its place in a room; tell the room.

    API Gateway runs this after a connection has closed: usually, but it does not promise to. So a
    connection is also forgotten when a post to it finds it gone, and both may happen: who comes
    second finds nothing to do.
    """
    context = event["requestContext"]
    if context["eventType"] != "DISCONNECT":  # a client's message with the action `$disconnect`
        return {"statusCode": 200}

    left = forget(context["connectionId"], closed=True)

    tell(event, left.notices)
    left.clear()
    log(event, status=context.get("disconnectStatusCode"))
    return {"statusCode": 200}
