"""MiniStack behind the plane: passes requests on as they are, or asks as its root user."""

import socket
import weakref
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from tests.support.plane.wire import Answer, Call, Request
from wschat.local.join import LocalLab

HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}
SENT = {"content-type", "x-amz-target"}
"""The headers that say what is asked."""


class Backend:
    """Speaks HTTP to one endpoint, over connections that are kept alive and closed with this object.

    `root` is the key of its account's root user.
    """

    signed = True
    """Whether it looks at signatures."""

    def __init__(self, endpoint: str, root: Credentials) -> None:
        self.endpoint = endpoint
        self.root = root
        # Or a body waits for the acknowledgement of its headers: 40 ms, each time.
        at_once: Any = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._http = URLLib3Session(socket_options=[at_once])
        weakref.finalize(self, self._http.close)

    def forward(self, request: Request) -> Answer:
        """Send a request as it came, with its own Host, so that its signature stays valid."""
        headers = {name: value for name, value in request.headers.items() if name not in HOP}
        url = f"{self.endpoint}{request.target}"
        sent = AWSRequest(request.method, url, headers=headers, data=request.body).prepare()
        response = self._http.send(sent)
        told = {name: value for name, value in response.headers.items() if name.lower() not in HOP}
        return Answer(response.status_code, told, response.content)

    def ask(self, call: Call, request: Request) -> Answer:
        """Send a request to the service of a call, signed by root."""
        unsigned = {name: value for name, value in request.headers.items() if name in SENT}
        url = f"{self.endpoint}{request.target}"
        signed = AWSRequest(request.method, url, headers=unsigned, data=request.body)
        SigV4Auth(self.root, call.service, call.region).add_auth(signed)
        headers = {str(name).lower(): str(value) for name, value in signed.headers.items()}
        return self.forward(Request(request.method, request.target, headers, request.body))


def behind(lab: LocalLab) -> Backend:
    """Return what speaks to a local lab."""
    return Backend(lab.endpoint, Credentials(lab.root.id, lab.root.secret))
