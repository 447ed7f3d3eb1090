"""A call of an ASGI application."""

import asyncio

from wschat.local.gateway.asgi import Message, Receive, Scope, Send, call


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path and the body, in two parts."""
    request: Message = await receive()
    head = {"type": "http.response.start", "status": 201, "headers": [(b"X-Path", scope["path"].encode())]}
    for message in (
        head,
        {"type": "http.response.body", "body": request["body"], "more_body": True},
        {"type": "http.response.body", "body": b"!"},
    ):
        await send(message)


def test_call() -> None:
    """The whole answer of an application comes back, the names of its headers in lower case."""
    assert asyncio.run(call(echo, {"path": "/a"}, b"hello")) == (201, {"x-path": "/a"}, b"hello!")
