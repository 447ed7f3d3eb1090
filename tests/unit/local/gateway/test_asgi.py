"""MiniStack is called in this process, and answers as it does over HTTP."""

import asyncio
import json

from wschat.local.gateway.ministack import Message, Receive, Scope, Send, ask, call


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


def test_ask() -> None:
    """A service answers for the region that is meant, by path, query and body."""
    made = asyncio.run(ask("apigateway", "eu-north-1", "/v2/apis", method="POST", body=b'{"name": "asked"}'))
    assert made.status == 201
    api = json.loads(made.body)["apiId"]
    found = asyncio.run(ask("apigateway", "eu-north-1", f"/v2/apis/{api}?x=y"))
    assert (found.status, json.loads(found.body)["name"]) == (200, "asked")
