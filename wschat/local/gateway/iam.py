"""Asks MiniStack's own IAM who may connect with AWS_IAM, and which route may invoke a function."""

from urllib.parse import parse_qs, unquote

from ministack.core.iam_evaluator import (
    AuthError,
    EvalContext,
    ResolvedCredential,
    SignedRequest,
    _signed_request,
    authenticate,
    evaluate_resource_policy,
    is_root_access_key,
    resolve_credential,
)
from ministack.core.responses import get_account_id, set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id
from ministack.core.sigv4 import (
    HeaderSignature,
    parse_header_signature,
    parse_query_signature,
    presigned_request_is_expired,
)
from ministack.services.apigateway import _authorize_ws_iam
from websockets.http11 import Request

from wschat.local.gateway.gateway import Identity
from wschat.local.gateway.model import Json, Stage

PRINCIPAL = "apigateway.amazonaws.com"
SERVICE, ALGORITHM = "execute-api", "AWS4-HMAC-SHA256"
LIFETIME_S, LONGEST_LIFETIME_S = "300", 604_800
"""How long a signature is good for, where it does not say, and at most."""


def allows(policy: Json, function_arn: str, source_arn: str) -> bool:
    """Tell whether a function's policy lets API Gateway invoke it for a route of the same account.

    `source_arn` is the route's, `arn:…:execute-api:<region>:<account>:<api>/<stage>/<route key>`.
    """
    _, _, _, region, account, *_ = function_arn.split(":")
    context = EvalContext(
        principal_arn="",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function_arn,
        region=region,
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": account},
    )
    return bool(evaluate_resource_policy(policy, context, service=PRINCIPAL).decision == "Allow")


def authorize(handshake: Request, stage: Stage) -> Identity | str:
    """Return who signed a handshake, or the message that refuses it.

    MiniStack takes any signature of its root's, of a time that it can't read, and of any place, and does not
    look at the time that a presigned URL is good for: that is looked at here.
    """
    path, _, query = handshake.path.partition("?")
    headers = {name.lower(): value for name, value in handshake.headers.raw_items()}
    parameters = parse_qs(query, keep_blank_values=True)
    key = extract_access_key_id(headers, parameters)
    set_request_account_id(key)
    set_request_region(stage.region)
    scope = {
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    refused = _authorize_ws_iam(scope, stage.arn("$connect"), headers, parameters, stage.region)
    if refused:
        return str(refused[1])
    presigned = not headers.get("authorization", "").startswith(ALGORITHM)
    signature = parse_query_signature(parameters) if presigned else parse_header_signature(headers)
    if isinstance(signature, tuple):
        return str(signature[1])
    if is_root_access_key(key):
        asked = SignedRequest(key, "GET", path, parameters, headers, presigned=presigned, handshake=True)
        _signed_request.set(asked)
        checked = authenticate(key, get_account_id())
        if isinstance(checked, AuthError):
            return str(checked.message)
    lifetime = parameters.get("X-Amz-Expires", [LIFETIME_S])[0] if presigned else LIFETIME_S
    who = resolve_credential(key, get_account_id())
    return _refusal(signature, lifetime, stage, who) or {
        "accountId": who.account_id,
        "caller": who.principal_id,
        "user": who.principal_id,
        "userArn": who.principal_arn,
        "accessKey": who.access_key_id,
    }


def _refusal(signature: HeaderSignature, lifetime: str, stage: Stage, who: ResolvedCredential) -> str | None:
    """Return why a signature that is right is not good here, in AWS's words; None if it is.

    `lifetime` is how many seconds it is good for. An account lets in nobody of another one, since a WebSocket
    API has no resource policy.
    """
    if "host" not in signature.signed_headers.split(";"):
        return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    if signature.region != stage.region:
        return f"Credential should be scoped to a valid region, not '{signature.region}'. "
    if signature.service != SERVICE:
        return f"Credential should be scoped to correct service: '{SERVICE}'. "
    if not (lifetime.isdecimal() and int(lifetime) <= LONGEST_LIFETIME_S):
        return f"X-Amz-Expires must be a number of seconds, and at most {LONGEST_LIFETIME_S}."
    try:
        expired = presigned_request_is_expired(signature.amz_date, lifetime)
    except ValueError:
        return f"Date must be in ISO-8601 'basic format'. Got '{signature.amz_date}'."
    if expired:
        return f"Signature expired: {signature.amz_date} is more than {lifetime} s ago"
    if who.account_id != stage.account:
        return (
            f"User: {who.principal_arn} is not authorized to perform: execute-api:Invoke on resource: "
            f"{stage.arn('$connect')} because no resource-based policy allows the execute-api:Invoke action"
        )
    return None
