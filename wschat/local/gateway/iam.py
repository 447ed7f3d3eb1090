"""Asks MiniStack's own IAM who may connect with AWS_IAM, and which route may invoke a function."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy, resolve_credential
from ministack.core.responses import get_account_id, set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id
from ministack.services.apigateway import _authorize_ws_iam
from ministack.services.lambda_svc import function_policy_for_arn

from wschat.local.gateway.gateway import Handshake, Identity
from wschat.local.gateway.model import Json, Stage

PRINCIPAL = "apigateway.amazonaws.com"
AMZ_DATE = "%Y%m%dT%H%M%SZ"


def may_invoke(function_arn: str, source_arn: str) -> bool:
    """Tell whether API Gateway may invoke a function for a route, by the function's own policy.

    `source_arn` is the route's, `arn:…:execute-api:<region>:<account>:<api>/<stage>/<route key>`.
    """
    _, _, _, region, account, *_ = function_arn.split(":")
    set_request_account_id(account)
    set_request_region(region)
    found = function_policy_for_arn(function_arn)
    return bool(found) and allows(found[0], function_arn, source_arn)


def allows(policy: Json, function_arn: str, source_arn: str) -> bool:
    """Tell whether a function's policy lets API Gateway invoke it for a route of the same account."""
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


def authorize(handshake: Handshake, stage: Stage, now: float) -> Identity | str:
    """Return who signed a handshake, or the message that refuses it; `now` is in seconds since 1970.

    MiniStack does not look at the time that a presigned URL is good for, so that is looked at here.
    """
    path, _, query = handshake.target.partition("?")
    headers = {name.lower(): value for name, value in handshake.headers}
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
    if late := expired(dict(handshake.query), now):
        return late
    who = resolve_credential(key, get_account_id())
    return {
        "accountId": who.account_id,
        "caller": who.principal_id,
        "user": who.principal_id,
        "userArn": who.principal_arn,
        "accessKey": who.access_key_id,
    }


def expired(query: dict[str, str], now: float) -> str:
    """Return the error of a presigned URL that has expired; empty if it has not."""
    signed = query.get("X-Amz-Date")
    if not signed:
        return ""
    valid_for = int(query.get("X-Amz-Expires", 300))
    until = datetime.strptime(signed, AMZ_DATE).replace(tzinfo=UTC).timestamp() + valid_for
    if now <= until:
        return ""
    last, current = (datetime.fromtimestamp(at, UTC).strftime(AMZ_DATE) for at in (until, now))
    return f"Signature expired: {last} is now earlier than {current}"
