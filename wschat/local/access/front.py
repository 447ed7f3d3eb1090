"""Whoever comes over HTTP: who did not sign is refused, and the rest goes to the gateway or to MiniStack."""

from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from ministack import app as ministack
from ministack.core import router
from ministack.core.iam_evaluator import AuthError

from wschat.local.access.signatures import Asked, Claim, claim_of, failure_of
from wschat.local.gateway.quotas import MESSAGE_BYTES
from wschat.local.gateway.responses import Reply, refusal

HEALTH = frozenset({"/_ministack/health", "/_localstack/health", "/health"})
"""What anybody may look at, and nobody can change."""
OWN = ("/_ministack/", "/_localstack/")
"""MiniStack's own paths, which AWS has not, and for which it asks IAM of nobody: they are root's."""
MISLED = AuthError("SignatureDoesNotMatch", "What is not signed may not name another service.")
Manage = Callable[[str, Asked, bytes, Claim | AuthError], Awaitable[Reply | None]]
"""Answers what is asked of connections; None is what is nothing of the kind."""


def signed_only(app: Any, manage: Manage) -> Any:  # noqa: ANN401  ASGI
    """Return an application for those alone who sign with a key that is good here.

    `manage` refuses in its own order, so it gets what is not signed, too. MiniStack does not check signatures
    once more: that takes longer than to check them here. Nor does it read the models of all services that
    AWS has, for 8 seconds, to tell whether a name that somebody made up is one of them.
    """
    ministack.pin_signed_request = lambda *_: None
    router._is_aws_service_name = lambda name: name in _services()  # noqa: SLF001

    async def serve(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  ASGI
        path = scope.get("path", "")
        if scope["type"] != "http" or (scope["method"] == "GET" and path in HEALTH):
            await app(scope, receive, send)
            return
        asked = Asked.of(scope["method"], scope["raw_path"], scope["query_string"], scope["headers"])
        claim = claim_of(asked)
        body = await _read(receive, MESSAGE_BYTES + 1 if isinstance(claim, AuthError) else None)
        failed = claim if isinstance(claim, AuthError) else _failure(path, asked, claim, body)
        reply = await manage(path, asked, body, failed or claim)
        if reply is None and failed:
            reply = _refused(path, asked, body, failed)
        elif reply is None and path.startswith(OWN) and claim.credential.principal_type != "Root":
            reply = refusal(
                HTTPStatus.FORBIDDEN, "AccessDeniedException", {"message": "it is for root alone"}
            )
        if reply is None:
            await app(scope, _again(body, receive), send)
        else:
            await _respond(send, reply)

    return serve


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


@cache
def _services() -> frozenset[str]:
    import botocore.session  # it takes longer to load than MiniStack, and nobody asks for most such names

    return frozenset(botocore.session.get_session().get_available_services())


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
