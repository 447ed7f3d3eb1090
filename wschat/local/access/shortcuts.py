"""What MiniStack need not do: what was done before, and looking whose a call to DynamoDB is."""

from collections.abc import Callable
from email.utils import formatdate
from functools import cache, lru_cache
from typing import Any

from ministack import app as ministack
from ministack.core import iam_evaluator, router
from ministack.core.responses import set_request_region

from wschat.local.access.signatures import Asked, Claim
from wschat.local.gateway import ids
from wschat.local.gateway.responses import Reply
from wschat.target import HOST, is_here

DYNAMODB = "DynamoDB_20120810."


def spare_ministack() -> None:
    """Spare MiniStack what was done before, from now on.

    It does not check signatures once more, which takes it longer than here, nor look again for whose they
    are. What it has made of a policy's text, a pattern or a key, it need not make again. Nor does it read the
    models of all services that AWS has, for 8 seconds, to tell whether a name that somebody made up is one
    of them.
    """
    ministack.pin_signed_request = iam_evaluator.pin_request_caller = lambda *_: None
    for match in (iam_evaluator.fnmatch_iam, iam_evaluator.fnmatch_iam_cs):
        setattr(iam_evaluator, match.__name__, lru_cache(4096)(match))
    iam_evaluator.is_root_access_key = lru_cache(512)(iam_evaluator.is_root_access_key)
    iam_evaluator.parse_policy_document = _parse_once(iam_evaluator.parse_policy_document)
    router._is_aws_service_name = lambda name: name in _services()  # noqa: SLF001


def known_to_ministack(claim: Claim) -> None:
    """Tell MiniStack, in this context, who has signed: it holds policies against that."""
    iam_evaluator._request_caller_arn.set(claim.credential.principal_arn)  # noqa: SLF001


def is_for_dynamodb(asked: Asked, claim: Claim) -> bool:
    """Tell whether a request is a call to DynamoDB at this machine's address, as functions make them."""
    target, host = asked.headers.get("x-amz-target", ""), asked.headers.get("host", "")
    is_call = (asked.method, asked.raw_path, asked.query) == ("POST", "/", {}) and target.startswith(DYNAMODB)
    return is_call and claim.signature.service == "dynamodb" and is_here(host.partition(":")[0])


async def ask_dynamodb(asked: Asked, claim: Claim, body: bytes) -> Reply:
    """Ask MiniStack's IAM, and then its DynamoDB, what somebody has signed.

    It would look first whether a host or a path is one of a dozen other services', which takes it a fifth of
    such a call; of these each message makes five.
    """
    set_request_region(claim.signature.region)
    iam_evaluator.pin_request_origin(HOST, secure_transport=True)  # as on AWS, on which policies insist
    call = asked.method, asked.raw_path, asked.headers, body, asked.query, ids.uuid()
    status, headers, told = await ministack._dispatch_service_request(*call)  # noqa: SLF001
    return status, {**headers, "date": formatdate(usegmt=True)}, told


def _parse_once(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what parses each text once; the same text is always the same policy."""
    parse_text = lru_cache(512)(parse)
    return lambda document: parse_text(document) if isinstance(document, str) else parse(document)


@cache
def _services() -> frozenset[str]:
    import botocore.session  # it takes longer to load than MiniStack, and nobody asks for most such names

    return frozenset(botocore.session.get_session().get_available_services())
