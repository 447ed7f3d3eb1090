"""Checks the signature and the policies of a handshake for AWS_IAM, by MiniStack's own IAM."""

from datetime import UTC, datetime
from urllib.parse import unquote

from ministack.core.iam_evaluator import AuthError, authenticate_handshake, enforce, resolve_credential
from ministack.core.responses import get_account_id, set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id

from wschat.local.gateway.api import Stage
from wschat.local.gateway.gateway import Handshake, Identity

ACTION = "execute-api:Invoke"
WRITTEN = "%Y%m%dT%H%M%SZ"


def authorize(handshake: Handshake, stage: Stage, now: float) -> Identity | str:
    """Return who signed a handshake, or the message that refuses it; `now` is in seconds since 1970.

    MiniStack does not look at the time that a presigned URL is good for, so that is looked at here.
    """
    path, _, query = handshake.target.partition("?")
    headers = {name.lower(): value for name, value in handshake.headers}
    parameters: dict[str, list[str]] = {}
    for name, value in handshake.query:
        parameters.setdefault(name, []).append(value)
    key = extract_access_key_id(headers, parameters)
    if not key:
        return "Missing Authentication Token"
    set_request_account_id(key)
    set_request_region(stage.region)
    scope = {
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    refused = authenticate_handshake(scope, "execute-api")
    if isinstance(refused, AuthError):
        return str(refused.message)
    if late := expired(dict(handshake.query), now):
        return late
    denied = enforce(key, ACTION, "apigateway", stage.region, resource_arn=stage.arn("$connect"))
    if isinstance(denied, AuthError):
        return str(denied.message)
    if denied:
        explicit = "with an explicit deny in an identity-based policy"
        why = (
            explicit
            if denied.decision == "Deny"
            else f"because no identity-based policy allows the {ACTION} action"
        )
        arn = stage.arn("$connect")
        return f"User: {denied.principal_arn} is not authorized to perform: {ACTION} on resource: {arn} {why}"
    who = resolve_credential(key, get_account_id())
    return {
        "accountId": who.account_id,
        "caller": who.principal_id,
        "user": who.principal_id,
        "userArn": who.principal_arn,
        "accessKey": who.access_key_id,
    }


def expired(query: dict[str, str], now: float) -> str:
    """Say when a presigned URL was good for the last time, if that is over; empty if it still is."""
    signed = query.get("X-Amz-Date")
    if not signed:
        return ""
    until = datetime.strptime(signed, WRITTEN).replace(tzinfo=UTC).timestamp() + int(
        query.get("X-Amz-Expires", 300)
    )
    if now <= until:
        return ""
    last, current = (datetime.fromtimestamp(at, UTC).strftime(WRITTEN) for at in (until, now))
    return f"Signature expired: {last} is now earlier than {current}"
