"""$disconnect: forget a connection that is gone."""

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, Json, get_item
from wschat.functions.shared.invocation import Call, invocation
from wschat.functions.shared.membership import Leaving, end
from wschat.functions.shared.writes import retry_on_conflict


def handler(event: Json, _context: object) -> Json:
    """Remove the connection's record, its name and its place in a room; tell the room.

    API Gateway runs this after a connection has closed: usually, but it does not promise to. So a
    connection is also forgotten when a post to it finds it gone, and both may happen: who comes
    second finds nothing to do.

    The event has the close code. Only 1000 is a goodbye: whose connection ended otherwise is back in a
    second, mostly, and shows by the token whose the name is. Until then nobody else shall have it.
    """
    with invocation(event) as call:
        if call.kind == "DISCONNECT" and call.connection:  # and not a client's message of this action
            forget(call)
    return {"statusCode": 200}


def forget(call: Call) -> None:
    """Delete all that is the connection's in one transaction, and tell those who stay.

    Without goodbye, and with a token, it is marked as cut off in place of that, and nobody is told.
    """

    def attempt() -> Leaving:
        client = get_item(CLIENTS, call.connection) or {"ID": call.connection}
        # CLIENTS: GetItem, then DeleteItem or UpdateItem; ROOMS: GetItem, then UpdateItem or DeleteItem
        return end(client, goodbye=call.goodbye)

    left = retry_on_conflict(attempt)
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    broadcast(call, left=left)
