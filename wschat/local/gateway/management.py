"""MiniStack's application with the gateway's own @connections API; it sees what is deployed."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus

from wschat.local.gateway import asgi
from wschat.local.gateway.control_plane import ControlPlane
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.model import Json
from wschat.loopback import is_here

CONNECTION = re.compile(r"/_aws/execute-api/([^/]+)/([^/]+)/@connections/([^/]+)")
PART_OF_API = re.compile(r"/v2/apis/([^/]+)(/deployments)?(?:/.*)?")
HOST_HEADER = re.compile(r"\[?([^]]*?)\]?(?::\d+)?")
STAGE = re.compile(r"\$default|[A-Za-z0-9_-]{1,128}")
UNREADABLE = asgi.error(HTTPStatus.BAD_REQUEST, "BadRequestException")
TYPED = "none"  # the URL was typed into the address bar


class Management:
    """Wraps MiniStack: answers @connections, and takes a snapshot of each deployment."""

    def __init__(self, app: asgi.App, gateway: Gateway, control_plane: ControlPlane) -> None:
        self._app = app
        self._gateway = gateway
        self._control_plane = control_plane

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """Serve a request, as ASGI has it."""
        if scope["type"] != "http":  # it starts
            await self._app(scope, receive, send)
            return
        connection = CONNECTION.fullmatch(scope["path"])
        changed = PART_OF_API.fullmatch(scope["path"]) if scope["method"] != "GET" else None
        if _is_from_browser(asgi.decoded(scope["headers"])):
            await asgi.answer(asgi.Reply(HTTPStatus.FORBIDDEN), send)
        elif not connection and not changed:
            await self._app(scope, receive, send)
        elif (body := await asgi.read_body(receive)) is not None:
            if connection:
                reply = await self._connection(scope, body, *connection.groups())
            elif changed:
                reply = await self._change(scope, body, *changed.groups())
            await asgi.answer(reply, send)

    async def _connection(
        self, scope: asgi.Scope, body: bytes, api: str, stage: str, connection_id: str
    ) -> asgi.Reply:
        """Answer a request about a connection.

        MiniStack knows no connection, so what it allows ends with 410, and what it doesn't with 403.
        """
        reply = await asgi.call(self._app, scope, body)
        if reply.status != HTTPStatus.GONE:
            return reply
        match scope["method"]:
            case "POST":
                return await self._gateway.post(api, stage, connection_id, body)
            case "GET":
                return self._gateway.get(api, stage, connection_id)
            case "DELETE":
                return self._gateway.delete(api, stage, connection_id)
        return reply

    async def _change(self, scope: asgi.Scope, body: bytes, api: str, deployments: str | None) -> asgi.Reply:
        """Let a part of an API be written, and take a snapshot if it is a deployment.

        MiniStack takes what it can't read for nothing, and any name for one of a stage.
        """
        asked = _parse(body)
        if asked is None:
            return UNREADABLE
        reply = await asgi.call(self._app, scope, body)
        if deployments and reply.status == HTTPStatus.CREATED:
            made = json.loads(reply.body)["deploymentId"]
            self._control_plane.take_snapshot(api, made, asked.get("stageName"))
        return reply


def _is_from_browser(headers: Mapping[str, str]) -> bool:
    """Tell whether a page in a browser sent a request: a cross-site request could do anything here.

    An image's URL is enough, as it can hold a signature; for that a browser sends no origin, but
    `Sec-Fetch-Site`. The host is checked because of DNS rebinding.
    """
    page = "origin" in headers or headers.get("sec-fetch-site", TYPED) != TYPED
    host = HOST_HEADER.fullmatch(headers.get("host", ""))
    return page or not (host and is_here(host[1]))


def _parse(body: bytes) -> Json | None:
    """Parse the body of a request to write a part of an API; None if AWS would refuse it."""
    try:
        asked = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict):
        return None
    stage = asked.get("stageName", "any")
    return asked if isinstance(stage, str) and STAGE.fullmatch(stage) else None
