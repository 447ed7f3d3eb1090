"""Asks MiniStack's own IAM who may connect with AWS_IAM, and which route may invoke a function."""

from ministack.core.iam_evaluator import AuthError, EvalContext, enforce, evaluate_resource_policy
from ministack.core.responses import set_request_region
from websockets.http11 import Request

from wschat.local.access.signatures import Asked, Claim, claim_of, failure_of
from wschat.local.gateway.gateway import Identity
from wschat.local.gateway.model import Json, Stage

PRINCIPAL = "apigateway.amazonaws.com"
SERVICE = "execute-api"


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
    """Return who signed a handshake, or the message that refuses it."""
    path, _, query = handshake.path.partition("?")
    headers = [(name.encode(), value.encode()) for name, value in handshake.headers.raw_items()]
    asked = Asked.of("GET", path.encode(), query.encode(), headers)
    claim = claim_of(asked)
    if isinstance(claim, AuthError):
        return "Missing Authentication Token" if claim.code == "MissingAuthenticationToken" else claim.message
    failed = failure_of(asked, claim, b"", explain=True)
    return (failed.message if failed else None) or _refusal(claim, stage) or _identity(claim)


def _refusal(claim: Claim, stage: Stage) -> str | None:
    """Return why a signature that is right is not good here, in AWS's words; None if it is."""
    signature, who, arn = claim.signature, claim.credential, stage.arn("$connect")
    if signature.region != stage.region:
        return f"Credential should be scoped to a valid region, not '{signature.region}'. "
    if signature.service != SERVICE:
        return f"Credential should be scoped to correct service: '{SERVICE}'. "
    set_request_region(stage.region)
    denied = enforce(who.access_key_id, "execute-api:Invoke", "apigateway", stage.region, resource_arn=arn)
    if isinstance(denied, AuthError):
        return str(denied.message)
    if not denied:
        return None
    why = "because no identity-based policy allows the execute-api:Invoke action"
    if denied.decision == "Deny":
        why = "with an explicit deny in an identity-based policy"
    return (
        f"User: {who.principal_arn} is not authorized to perform: execute-api:Invoke on resource: {arn} {why}"
    )


def _identity(claim: Claim) -> Identity:
    who = claim.credential
    return {
        "accountId": who.account_id,
        "caller": who.principal_id,
        "user": who.principal_id,
        "userArn": who.principal_arn,
        "accessKey": who.access_key_id,
    }
