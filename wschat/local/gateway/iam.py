"""Asks MiniStack's own IAM who may connect with AWS_IAM, and which route may invoke a function."""

from urllib.parse import parse_qs, unquote

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy, resolve_credential
from ministack.core.responses import get_account_id, set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id
from ministack.core.sigv4 import presigned_request_is_expired
from ministack.services.apigateway import _authorize_ws_iam
from websockets.http11 import Request

from wschat.local.gateway.gateway import Identity
from wschat.local.gateway.model import Json, Stage

PRINCIPAL = "apigateway.amazonaws.com"


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

    MiniStack does not look at the time that a presigned URL is good for, so that is looked at here.
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
    for signed in parameters.get("X-Amz-Date", ()):
        (seconds, *_) = parameters.get("X-Amz-Expires", ["300"])
        if presigned_request_is_expired(signed, seconds):
            return f"Signature expired: {signed} is more than {seconds} s ago"
    who = resolve_credential(key, get_account_id())
    return {
        "accountId": who.account_id,
        "caller": who.principal_id,
        "user": who.principal_id,
        "userArn": who.principal_arn,
        "accessKey": who.access_key_id,
    }
