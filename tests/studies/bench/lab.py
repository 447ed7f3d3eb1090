"""The lab's own algorithm for a message, as a plain baseline: what `wschat` is compared with.

It reads the room by scanning its table, posts to each member in turn, and appends the message to the list
in the room's item; with boto3's resource and client, as the lab does.
"""

import json
from typing import Any

import boto3
from botocore.config import Config

TABLE = "room-messages-users"


class Lab:
    """The clients of one execution environment, and the room that everybody is in."""

    def __init__(self, url: str, room: str) -> None:
        self.table = boto3.resource("dynamodb").Table(TABLE)
        self.gateway: Any = boto3.client(
            "apigatewaymanagementapi", endpoint_url=url, config=Config(retries={"total_max_attempts": 1})
        )
        self._room = room

    def send(self, user: str, text: str) -> None:
        """Say something to the room."""
        room: dict[str, Any] = next(item for item in self._scan() if item["room"] == self._room)
        data = json.dumps({"type": "client-message", "user": user, "message": text})
        for connection in room["users"]:
            self.gateway.post_to_connection(ConnectionId=connection, Data=data.encode())
        self.table.update_item(
            Key={"room": self._room},
            UpdateExpression="SET messages = list_append(messages, :new)",
            ExpressionAttributeValues={":new": [{"user": user, "content": text}]},
        )

    def close(self) -> None:
        """Close the clients."""
        self.table.meta.client.close()
        self.gateway.close()

    def _scan(self) -> list[dict[str, Any]]:
        answer = self.table.scan()
        items = list(answer["Items"])
        while "LastEvaluatedKey" in answer:
            answer = self.table.scan(ExclusiveStartKey=answer["LastEvaluatedKey"])
            items += answer["Items"]
        return items
