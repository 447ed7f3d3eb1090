"""Calls the management API without boto3, which hides what it does not know."""

from http.client import HTTPConnection, HTTPMessage
from typing import Literal, NamedTuple
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.websocket_api import STAGE


class Answered(NamedTuple):
    """What came over HTTP."""

    status: int
    headers: HTTPMessage
    body: str

    @property
    def error(self) -> tuple[int, str | None, str]:
        """The status, the error's name and the body."""
        return self.status, self.headers["x-amzn-ErrorType"], self.body


class Caller:
    """Calls the management API without boto3, which hides what it does not know, as root if not told.

    Without a key it does not sign.
    """

    def __init__(self, plain: HTTPConnection, root: Credentials) -> None:
        self._plain, self._root = plain, root
        self._host = f"{plain.host}:{plain.port}"

    def __call__(
        self,
        method: str,
        api: str,
        connection: str,
        data: bytes = b"",
        *,
        stage: str = STAGE,
        key: Credentials | Literal["root"] | None = "root",
    ) -> Answered:
        path = f"/_aws/execute-api/{api}/{stage}/@connections/{quote(connection, safe='')}"
        request = AWSRequest(method, f"http://{self._host}{path}", data=data)
        if key:
            SigV4Auth(self._root if key == "root" else key, "execute-api", "us-east-1").add_auth(request)
        self._plain.request(method, path, data, dict(request.headers))
        answer = self._plain.getresponse()
        return Answered(answer.status, answer.headers, answer.read().decode())
