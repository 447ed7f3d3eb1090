"""Whoever comes over HTTP: pages in browsers and who did not sign are refused.

The rest goes to the gateway, or to MiniStack.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from ministack import app as ministack
from ministack.core import router
from ministack.core.iam_evaluator import AuthError

from wschat.local.access.shortcuts import ask_dynamodb, is_for_dynamodb, known_to_ministack, spare_ministack
from wschat.local.access.signatures import Asked, Claim, claim_of, failure_of
from wschat.local.gateway.addresses import AWS_HOST
from wschat.local.gateway.quotas import MESSAGE_BYTES
from wschat.local.gateway.responses import Reply, refusal
from wschat.target import is_here

log = logging.getLogger("wschat.gateway")
HOST_HEADER = re.compile(r"\[?([^]]*?)\]?(?::\d+)?")
TYPED = "none"  # the URL was typed into the address bar
HEALTH = frozenset({"/_ministack/health", "/_localstack/health", "/health"})
"""What anybody may look at, and nobody can change."""
OWN = ("/_ministack/", "/_localstack/")
"""MiniStack's own paths, which AWS has not, and for which it asks IAM of nobody: they are root's."""
MISLED = AuthError("SignatureDoesNotMatch", "What is not signed may not name another service.")
Manage = Callable[[str, Asked, bytes, Claim | AuthError], Awaitable[Reply | None]]
"""Answers what is asked of connections; None is what is nothing of the kind."""


def signed_only(app: Any, manage: Manage) -> Any:  # noqa: ANN401  ASGI
    """Return an application for no page in a browser, and those alone who sign with a key that is good here.

    `manage` refuses in its own order, so it gets what is not signed, too.
    """
    spare_ministack()

    async def serve(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  ASGI
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = scope["path"]
        asked = Asked.of(scope["method"], scope["raw_path"], scope["query_string"], scope["headers"])
        if _is_from_browser(asked.headers):
            log.warning("refused: it comes from a page in a browser, or was sent to another host: %s", path)
            await _respond(send, (HTTPStatus.FORBIDDEN, {}, b""))
            return
        if asked.method == "GET" and path in HEALTH:
            await app(scope, receive, send)
            return
        claim = claim_of(asked)
        body = await _read(receive, MESSAGE_BYTES + 1 if isinstance(claim, AuthError) else None)
        failed = claim if isinstance(claim, AuthError) else _failure(path, asked, claim, body)
        reply = await manage(path, asked, body, failed or claim)
        if reply is None and failed:
            reply = _refused(path, asked, body, failed)
        elif reply is None:
            known_to_ministack(claim)
            if path.startswith(OWN) and claim.credential.principal_type != "Root":
                reply = refusal(
                    HTTPStatus.FORBIDDEN, "AccessDeniedException", {"message": "it is for root alone"}
                )
            elif is_for_dynamodb(asked, claim):
                reply = await ask_dynamodb(asked, claim, body)
        if reply is None:
            await app(scope, _again(body, receive), send)
        else:
            await _respond(send, reply)

    return serve


def _is_from_browser(headers: Mapping[str, str]) -> bool:
    """Tell whether a page in a browser sent a request.

    An image's URL is enough, as it can hold a signature; for that a browser sends no origin, but
    `Sec-Fetch-Site`. The host is checked because of DNS rebinding.
    """
    page = "origin" in headers or headers.get("sec-fetch-site", TYPED) != TYPED
    return page or not _is_ours(headers.get("host", ""))


@lru_cache(64)
def _is_ours(host_header: str) -> bool:
    host = HOST_HEADER.fullmatch(host_header)
    return bool(host and (is_here(host[1]) or AWS_HOST.fullmatch(host[1])))


async def _read(receive: Any, limit: int | None) -> bytes:  # noqa: ANN401  ASGI
    """Read a body, of which no more than a limit is kept."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        part, more = message.get("body", b""), message.get("more_body", False)
        if limit is None or size < limit:
            parts.append(part)
            size += len(part)
    return b"".join(parts)


def _again(body: bytes, receive: Any) -> Any:  # noqa: ANN401  ASGI
    """Return what gives a body that was read already, and then what comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Any:  # noqa: ANN401  ASGI
        return messages.pop() if messages else await receive()

    return next_message


def _failure(path: str, asked: Asked, claim: Claim, body: bytes) -> AuthError | None:
    """Return why a claim is not good; S3 alone takes bodies that nobody has signed, which must be for it."""
    failed = failure_of(asked, claim, body)
    if failed or claim.signature.service != "s3" or _service(path, asked, body) == _service(path, asked, b""):
        return failed
    return MISLED


def _service(path: str, asked: Asked, body: bytes) -> str:
    """Return the service that a request goes to."""
    parameters = ministack._routing_params(asked.method, path, asked.headers, body, asked.query)  # noqa: SLF001
    return str(router.detect_service(asked.method, path, asked.headers, parameters))


def _refused(path: str, asked: Asked, body: bytes, failed: AuthError) -> Reply:
    """Return the refusal in the words and the form of the service that was asked."""
    service = _service(path, asked, body)
    reply: Reply = ministack._credential_failure(service, "", str(uuid4()), failed, asked.headers)  # noqa: SLF001
    return reply


async def _respond(send: Any, reply: Reply) -> None:  # noqa: ANN401  ASGI
    status, told, body = reply
    headers = {"content-length": str(len(body)), **told}
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
