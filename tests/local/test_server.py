"""MiniStack behind uvicorn, as far as it needs no MiniStack."""

import asyncio

import pytest

from wschat.local.gateway.ministack import Receive, Scope, Send
from wschat.local.gateway.server import Http


async def broken(_scope: Scope, receive: Receive, send: Send) -> None:
    """Start, and fail at it, as ASGI has it."""
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no"})


def test_an_application_that_does_not_start() -> None:
    """A lab whose MiniStack can't start ends, and does not go on without it."""
    with pytest.raises(RuntimeError, match="does not start"):
        asyncio.run(Http(broken).start())
