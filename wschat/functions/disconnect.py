"""$disconnect: forget a connection that is gone."""

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, Json, get_item
from wschat.functions.shared.invocation import Call, invocation
from wschat.functions.shared.membership import Leaving, free_name, plan_leaving, unchanged
from wschat.functions.shared.rooms import unlist
from wschat.functions.shared.writes import delete, retry_on_conflict, transact_write


def handler(event: Json, _context: object) -> Json:
    """Remove the connection's record, its name and its place in a room; tell the room.

    API Gateway runs this after a connection has closed: usually, but it does not promise to. So a
    connection is also forgotten when a post to it finds it gone, and both may happen: who comes
    second finds nothing to do.
    """
    with invocation(event) as call:
        if call.kind == "DISCONNECT" and call.connection:  # and not a client's message of this action
            forget(call)
    return {"statusCode": 200}


def forget(call: Call) -> None:
    """Delete all that is the connection's in one transaction, and tell those who stay."""

    def attempt() -> Leaving:
        client = get_item(CLIENTS, call.connection) or {"ID": call.connection}
        # ROOMS: GetItem, then UpdateItem, or as the last one out DeleteItem; CLIENTS: UpdateItem
        left = plan_leaving(client)
        transact_write(
            delete(CLIENTS, call.connection, *unchanged(client)),
            *free_name(client),  # CLIENTS: GetItem, DeleteItem
            *left.operations,
            *unlist(left.dead),  # CLIENTS: GetItem, UpdateItem
        )
        return left

    left = retry_on_conflict(attempt)
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    broadcast(call, left=left)
