"""MiniStack behind the plane: passes requests on as they are, or asks as its root user."""

import http.client
import weakref
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.plane.wire import Answer, Call, Request

HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}
SENT = {"content-type", "x-amz-target"}
"""The headers that say what is asked."""
ROOT = Credentials("test", "test")


class Backend:
    """Speaks HTTP to one endpoint, over connections that are kept alive and closed with this object."""

    signed = True
    """Whether it looks at signatures."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint, parts = endpoint, urlsplit(endpoint)
        self.host, self.port = str(parts.hostname), parts.port or 80
        self._idle: list[http.client.HTTPConnection] = []
        weakref.finalize(self, _close, self._idle)

    def forward(self, request: Request) -> Answer:
        """Send a request as it came, with its own Host, so that its signature stays valid."""
        while self._idle:
            connection = self._idle.pop()
            try:
                return self._send(connection, request)
            except ConnectionError:  # it was idle for too long
                connection.close()
        return self._send(http.client.HTTPConnection(self.host, self.port, timeout=60), request)

    def ask(self, call: Call, request: Request) -> Answer:
        """Send a request to the service of a call, signed by root."""
        url = f"http://{self.host}:{self.port}{request.target}"
        unsigned = {k: v for k, v in request.headers.items() if k in SENT}
        signed = AWSRequest(request.method, url, headers=unsigned, data=request.body)
        SigV4Auth(ROOT, call.service, call.region).add_auth(signed)
        headers = {str(name).lower(): str(value) for name, value in signed.headers.items()}
        headers["host"] = f"{self.host}:{self.port}"
        return self.forward(Request(request.method, request.target, headers, request.body))

    def _send(self, connection: http.client.HTTPConnection, request: Request) -> Answer:
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name not in HOP:
                connection.putheader(name, value)
        connection.putheader("content-length", str(len(request.body)))
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        body = response.read()
        self._idle.append(connection)
        headers = {k: v for k, v in response.getheaders() if k.lower() not in HOP}
        return Answer(response.status, headers, body)


def _close(connections: list[http.client.HTTPConnection]) -> None:
    for connection in connections:
        connection.close()
