"""leave: leave the room one is in."""

from wschat.functions.shared.broadcast import broadcast
from wschat.functions.shared.dynamodb import CLIENTS, Json, get_item
from wschat.functions.shared.membership import Leaving, plan_leaving, registered, unchanged
from wschat.functions.shared.request import Call, Request, answer
from wschat.functions.shared.rooms import relist
from wschat.functions.shared.writes import retry_on_conflict, transact_write, update
from wschat.protocol.events import Ack
from wschat.protocol.refusals import ErrorCode, Refused


def handler(event: Json, _context: object) -> Json:
    """Answer with an ack, or with an error."""
    return answer(event, leave)


def leave(call: Call, request: Request) -> Ack:
    """Take the client out of its room; the last one out takes the room along.

    The client's record, the room and the list of rooms change in one transaction, on the condition
    that nobody joined or left meanwhile; otherwise it is decided anew. Then those who stayed hear of
    it, or everybody who has a name if the room is gone.
    """

    def attempt() -> Leaving:
        client = registered(get_item(CLIENTS, call.connection))
        if "room" not in client:
            raise Refused(ErrorCode.NOT_IN_A_ROOM, "you are in no room")
        # ROOMS: GetItem, then UpdateItem, or as the last one out DeleteItem; CLIENTS: UpdateItem
        left = plan_leaving(client)
        out = "SET #expires = :expires REMOVE #room, #born"
        record = update(CLIENTS, call.connection, out, *unchanged(client), {":expires": call.expires})
        transact_write(record, *left.operations, *relist(left.entries))  # CLIENTS: GetItem, UpdateItem
        return left

    left = retry_on_conflict(attempt)
    # Prunes gone ones. CLIENTS: DeleteItem GetItem Scan UpdateItem; ROOMS: DeleteItem GetItem UpdateItem
    broadcast(call, left=left)
    return Ack(id=request.id)
