"""ASGI: what an application is called with, a call of one, and its answer."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, NamedTuple

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON = {"content-type": "application/json"}


class Reply(NamedTuple):
    """An answer over HTTP; the names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""


def error(status: int, name: str) -> Reply:
    """Return the answer that refuses a request by an error of the service model."""
    return Reply(status, {**JSON, "x-amzn-errortype": name}, json.dumps({"message": name}).encode())


async def call(app: App, scope: Scope, body: bytes) -> Reply:
    """Call an application with a request whose body is known, and return all of its answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *parts = sent
    answer = b"".join(part.get("body", b"") for part in parts)
    return Reply(start["status"], decoded(start.get("headers", ())), answer)


async def read_body(receive: Receive) -> bytes | None:
    """Read the body of a request; None if the client leaves before its end."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def answer(reply: Reply, send: Send) -> None:
    """Send an answer."""
    headers = {**reply.headers, "content-length": str(len(reply.body))}
    if reply.status == HTTPStatus.NO_CONTENT:
        del headers["content-length"]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    await send({"type": "http.response.body", "body": reply.body})


def decoded(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers as text, their names in lower case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
