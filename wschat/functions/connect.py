"""$connect: note that a connection exists."""

from wschat.functions._journal import journal
from wschat.functions._room import LIFETIME
from wschat.functions._tables import CLIENTS, Json, dynamodb


def handler(event: Json, _context: object) -> Json:
    """Put the connection's record into client-records.

    API Gateway opens the WebSocket if the status is 2xx, and only after this. Nothing can be posted to
    the connection before that, so the first words to a client are the reply to `register`.

    The record has no name and no room yet. DynamoDB deletes it some time after `expires` (its time to
    live, in seconds since 1970), because nobody promises that $disconnect will run.
    """
    with journal(event) as call:
        if call.kind == "CONNECT" and call.connection:  # and not a client's message of this action
            dynamodb().put_item(
                TableName=CLIENTS,
                Item={
                    "ID": {"S": call.connection},
                    "connected": {"N": str(call.connected)},
                    "expires": {"N": str(call.connected // 1000 + LIFETIME)},
                },
            )
    return {"statusCode": 200}
