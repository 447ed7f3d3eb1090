"""MiniStack in this process: its whole application, and its services one by one."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from ministack.app import SERVICE_HANDLERS
from ministack.core.responses import set_request_account_id, set_request_region

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ACCOUNT = "000000000000"


class Reply(NamedTuple):
    """An answer over HTTP; the names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def ask(service: str, region: str, path: str, *, method: str = "GET", body: bytes = b"") -> Reply:
    """Make a request to one of MiniStack's services as the account's root; `path` may have a query."""
    set_request_account_id(ACCOUNT)
    set_request_region(region)
    path, _, query = path.partition("?")
    status, headers, answer = await SERVICE_HANDLERS[service](method, path, {}, body, parse_qs(query))
    return Reply(status, {name.lower(): value for name, value in headers.items()}, answer)


async def call(app: App, scope: Scope, body: bytes) -> Reply:
    """Call an application with a request whose body is known, and return all of its answer."""
    status = 500
    headers: list[tuple[bytes, bytes]] = []
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return Reply(status, decoded(headers), b"".join(parts))


def decoded(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers as text, their names in lower case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
