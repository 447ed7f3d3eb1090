"""MiniStack within this process: no server, no signatures, and a fork takes all of it along."""

import os
import threading
from contextvars import copy_context
from importlib import import_module
from typing import Any
from urllib.parse import unquote

from botocore.credentials import Credentials

from tests.support.plane.backend import SENT, Backend
from tests.support.plane.wire import Answer, Call, Request

ENDPOINT = "http://127.0.0.1:4566"
"""A name: nobody listens there."""
SETTINGS = {"LOG_LEVEL": "WARNING", "DOCKER_HOST": f"unix://{os.devnull}/none"}


class Embedded(Backend):
    """Calls MiniStack's ASGI application, with the local lab's control plane.

    There is one account in a process, and whoever asks is its root. Of what the control plane does none
    waits for anything, so a request needs no event loop.
    """

    signed = False

    def __init__(self) -> None:
        super().__init__(ENDPOINT, Credentials("test", "test"))
        os.environ.update(SETTINGS)
        self._ministack = import_module("ministack.app")
        control_plane = import_module("wschat.local.control_plane.apis").ControlPlane()
        self._ministack.SERVICE_HANDLERS["apigateway"] = control_plane.handle_request
        self._one_at_a_time = threading.Lock()

    def forward(self, request: Request) -> Answer:
        """Answer a request in a context of its own, in which MiniStack keeps who is asking."""
        with self._one_at_a_time:
            return copy_context().run(self._answer, request)

    def empty(self) -> None:
        """Forget everything."""
        self._ministack._reset_all_state()

    def ask(self, call: Call, request: Request) -> Answer:
        """Send a request to the service of a call, as its caller: everybody is root."""
        sent = {name: value for name, value in request.headers.items() if name in SENT}
        sent["authorization"] = call.request.headers["authorization"]
        return self.forward(Request(request.method, request.target, sent, request.body))

    def _answer(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        headers = {"host": "127.0.0.1:4566", **request.headers, "content-length": str(len(request.body))}
        scope = {
            "type": "http",
            "method": request.method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": request.body}

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        try:
            self._ministack.app(scope, receive, send).send(None)
        except StopIteration:
            start, *rest = told
        back = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], back, b"".join(each["body"] for each in rest))
