"""The management API of API Gateway: posts one event to many connections at the same time, cheaply.

boto3's client for it takes five times the CPU of what is here: a signature of which all but the last
step is made once for all members, over connections that are kept alive from one invocation to the next.
"""

import hashlib
import hmac
import json
import select
import ssl
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from botocore.httpsession import where

from wschat.functions.shared.workers import pool

if TYPE_CHECKING:
    from botocore.credentials import Credentials, ReadOnlyCredentials

TIMEOUT = 1.5  # seconds for one post: longer than API Gateway ever needs, short for those who wait behind it
KEPT_ALIVE = 20.0  # seconds for which an unused connection is trusted: API Gateway closes them, too
POSTED = "posted"
OUTCOMES = {200: POSTED, 410: "gone", 429: "slow"}  # slow: too many posts, or a client that does not read
INVALID = "Invalid connectionId"  # with 400, of an id that API Gateway never issued: of a made-up event
STALE = {"gone", "invalid"}  # no post will ever reach them


def signer(
    credentials: "ReadOnlyCredentials", region: str, host: str, body: bytes, now: datetime
) -> Callable[[str], dict[str, str]]:
    """Return what signs posts of one body: AWS's Signature Version 4, with what all posts share made once.

    It returns the headers of the post to a path, which is percent-encoded already.
    """
    time, scope = f"{now:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%d}/{region}/execute-api/aws4_request"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signed = {"host": host, "x-amz-date": time}
    if credentials.token:
        signed["x-amz-security-token"] = credentials.token
    names, headers = ";".join(signed), "".join(f"{name}:{value}\n" for name, value in signed.items())
    rest = f"\n\n{headers}\n{names}\n{hashlib.sha256(body).hexdigest()}"

    def sign(path: str) -> dict[str, str]:
        request = hashlib.sha256(f"POST\n{quote(path)}{rest}".encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{request}"
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        proof = f"Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**signed, "authorization": f"AWS4-HMAC-SHA256 {proof}"}

    return sign


class ManagementApi:
    """The connections of one stage of an API, at the URL of its management API."""

    def __init__(self, url: str, credentials: "Credentials", region: str) -> None:
        parts = urlsplit(url)
        self._host, self._path = parts.netloc, f"{parts.path}/@connections"
        self._credentials, self._region = credentials, region
        self._connect: Callable[..., HTTPConnection] = partial(HTTPConnection, self._host)
        if parts.scheme == "https":
            tls = ssl.create_default_context(cafile=where())  # reads all authorities, which takes long
            self._connect = partial(HTTPSConnection, self._host, context=tls)
        self._idle: list[tuple[float, HTTPConnection]] = []

    def post(self, connections: Iterable[str], body: bytes, until: float) -> dict[str, str]:
        """Post to all connections at once; return what came of it for each.

        That is "posted", "gone", "invalid", "slow", "timeout", "late" (it was `until` before its turn came),
        or what went wrong: a word or two, and after a colon what was said of it. Nobody waits for a slow
        one, unless all workers have one to wait for.
        """
        role, now = self._credentials.get_frozen_credentials(), datetime.now(UTC)
        sign = signer(role, self._region, self._host, body, now)

        def post(connection: str) -> tuple[str, str]:
            path = f"{self._path}/{quote(connection, safe='')}"
            if time.monotonic() > until:
                return connection, "late"
            try:
                status, said = self.send(path, body, sign(path))
            except TimeoutError:
                return connection, "timeout"
            except (OSError, HTTPException) as error:
                return connection, f"{type(error).__name__}: {error}"
            told = _first_line(said)
            invalid = "invalid" if status == HTTPStatus.BAD_REQUEST and told.startswith(INVALID) else None
            return connection, OUTCOMES.get(status) or invalid or f"status {status}: {told}"

        return dict(pool().map(post, connections))

    def send(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Send one post; return the status, and the answer's body.

        It goes over the connection that was used last. That is made anew if the other side has ended it, or
        it is too old, by the clock, which goes on while Lambda keeps the environment frozen. Should it end
        just then, the post goes over a new one, once, as botocore does it. If only the answer has been lost,
        it arrives twice, and clients drop what they have.
        """
        try:
            since, line = self._idle.pop()
        except IndexError:  # other threads have all that there are
            since, line = 0.0, self._connect(timeout=TIMEOUT)
        ended = line.sock and select.select([line.sock], [], [], 0)[0]  # nothing else can have come unasked
        if ended or time.time() - since >= KEPT_ALIVE:
            line.close()
        if line.sock:
            try:
                return self._send(line, path, body, headers)
            except (ConnectionError, ssl.SSLError):  # an end, as the socket tells it, or as OpenSSL does
                pass
        return self._send(line, path, body, headers)

    def close(self) -> None:
        """Close the connections that are kept alive."""
        while self._idle:
            self._idle.pop()[1].close()

    def _send(
        self, line: HTTPConnection, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        try:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            said = answer.read()
        except BaseException:
            line.close()
            raise
        if line.sock:  # and the other side did not end it with the answer
            self._idle.append((time.time(), line))
        return answer.status, said


def _first_line(said: bytes) -> str:
    """Return the first line of AWS's message: further ones may hold all that was signed, tokens included."""
    try:
        told = json.loads(said)
    except ValueError:
        return ""
    message = (told.get("message") or told.get("Message")) if isinstance(told, dict) else ""
    return message.partition("\n")[0] if isinstance(message, str) else ""
