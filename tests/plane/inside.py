"""The plane's front for this process: botocore asks it instead of the network."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from tests.plane.faults import Dropped
from tests.plane.wire import Request

if TYPE_CHECKING:
    from tests.plane.plane import Plane


LOADER = botocore.session.Session().get_component("data_loader")
"""Reads each service's model once for all sessions."""


class _Raw(BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        while part := self.read(65536):
            yield part


def session(plane: "Plane", key: str, secret: str, region: str) -> boto3.Session:
    """Return a session, all clients of which go through the plane."""

    def before_send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        parts = urlsplit(request.url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        headers.setdefault("host", parts.netloc)
        try:
            answer = plane.handle(Request(request.method, target, headers, _bytes(request.body)))
        except Dropped:
            raise ConnectionClosedError(endpoint_url=request.url) from None
        headers_back: Any = HeadersDict(answer.headers)
        return AWSResponse(request.url, answer.status, headers_back, _Raw(answer.body))

    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    core.set_default_client_config(Config(user_agent="wschat"))  # botocore's own takes a sixth of a call
    core.register("before-send", before_send)  # type: ignore[arg-type]
    return boto3.Session(
        aws_access_key_id=key, aws_secret_access_key=secret, region_name=region, botocore_session=core
    )


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:  # noqa: ANN401  botocore's bodies are bytes, text, files or None
    if hasattr(body, "read"):
        return _bytes(body.read())
    return body.encode() if isinstance(body, str) else bytes(body or b"")
