"""$connect: note that a connection exists."""

from wschat.functions.shared.dynamodb import CLIENTS, Json
from wschat.functions.shared.invocation import invocation
from wschat.functions.shared.writes import put, write


def handler(event: Json, _context: object) -> Json:
    """Put the connection's record into client-records.

    API Gateway opens the WebSocket if the status is 2xx, and only after this. Nothing can be posted to
    the connection before that, so the first words to a client are the reply to `register`.

    The record has no name and no room yet. DynamoDB deletes it some time after `expires` (its time to
    live, in seconds since 1970), because nobody promises that $disconnect will run.
    """
    with invocation(event) as call:
        if call.kind == "CONNECT" and call.connection:  # and not a client's message of this action
            record = {"ID": call.connection, "connected": call.connected, "expires": call.expires}
            write(put(CLIENTS, record))
    return {"statusCode": 200}
