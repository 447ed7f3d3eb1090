"""Asks MiniStack, in the same process, as the account's root."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from wschat.loopback import HOST

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP; the names of the headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class MiniStack:
    """MiniStack's application, called without a socket in between."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def ask(
        self,
        service: str,
        region: str,
        path: str,
        *,
        method: str = "GET",
        body: bytes = b"",
    ) -> Reply:
        """Make a request to one of its services; `path` may have a query.

        It names the root's key and is not signed: MiniStack does not check the root's signature.
        """
        credential = f"test/20260101/{region}/{service}/aws4_request"
        authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=none"
        sent = {"authorization": authorization, "content-length": str(len(body)), "host": HOST}
        path, _, query = path.partition("?")
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": (HOST, 0),
            "server": (HOST, 0),
        }
        return await call(self._app, scope, body)


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
