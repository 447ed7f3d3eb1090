"""$connect: note that a connection exists."""

from wschat.functions._room import LIFETIME
from wschat.functions._tables import CLIENTS, Json, dynamodb
from wschat.functions._talk import log


def handler(event: Json, _context: object) -> Json:
    """Put the connection's record into client-records.

    API Gateway opens the WebSocket if the status is 2xx, and only after this. Nothing can be posted to
    the connection before that, so the first words to a client are the reply to `register`.

    The record has no name and no room yet. DynamoDB deletes it some time after `expires` (its time to
    live, in seconds since 1970), because nobody promises that $disconnect will run.
    """
    context = event["requestContext"]
    if context["eventType"] != "CONNECT":  # a client's message with the action `$connect`
        return {"statusCode": 200}
    connected = int(context["connectedAt"])  # milliseconds since 1970

    dynamodb().put_item(
        TableName=CLIENTS,
        Item={
            "ID": {"S": context["connectionId"]},
            "connected": {"N": str(connected)},
            "expires": {"N": str(connected // 1000 + LIFETIME)},
        },
    )
    log(event)
    return {"statusCode": 200}
