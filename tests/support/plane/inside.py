"""The plane's front for this process: botocore asks it instead of the network."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.auth import AUTH_TYPE_MAPS, BaseSigner
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse, HeadersDict
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ConnectionClosedError

from tests.support import models  # noqa: F401
from tests.support.plane.faults import Dropped
from tests.support.plane.wire import Answer, Request


class _Unsigned(BaseSigner):
    """Says who asks which service and region, as SigV4 does, without the work of proving it."""

    REQUIRES_REGION = True

    def __init__(self, credentials: ReadOnlyCredentials, service_name: str, region_name: str) -> None:
        self._scope = f"{credentials.access_key}/20260101/{region_name}/{service_name}/aws4_request"

    def add_auth(self, request: AWSRequest) -> None:
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._scope}, SignedHeaders=host, Signature=0"
        )


AUTH_TYPE_MAPS["unsigned-scope"] = _Unsigned


class _Raw(BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        while part := self.read(65536):
            yield part


def session(
    handle: Callable[[Request], Answer],
    key: str = "test",
    secret: str = "test",  # noqa: S107
    region: str = "us-east-1",
    *,
    signed: bool = True,
) -> boto3.Session:
    """Return a session, all requests of which are answered by `handle`."""
    core = botocore.session.Session()
    core.set_default_client_config(Config(user_agent="wschat"))  # botocore's own takes a sixth of a call
    core.register("before-send", before_send(handle))  # type: ignore[arg-type]
    if not signed:
        core.register("choose-signer", lambda **_: "unsigned-scope")  # type: ignore[arg-type]
    return boto3.Session(
        aws_access_key_id=key, aws_secret_access_key=secret, region_name=region, botocore_session=core
    )


def before_send(handle: Callable[[Request], Answer]) -> Callable[..., AWSResponse]:
    """Return a handler of botocore's event `before-send`; Dropped is a closed connection."""

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        parts = urlsplit(request.url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        headers.setdefault("host", parts.netloc)
        try:
            told = handle(Request(request.method, target, headers, _bytes(request.body)))
        except Dropped:
            raise ConnectionClosedError(endpoint_url=request.url) from None
        headers_back: Any = HeadersDict(told.headers)
        return AWSResponse(request.url, told.status, headers_back, _Raw(told.body))

    return answer


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:  # noqa: ANN401  botocore's bodies are bytes, text, files or None
    if hasattr(body, "read"):
        return _bytes(body.read())
    return body.encode() if isinstance(body, str) else bytes(body or b"")
