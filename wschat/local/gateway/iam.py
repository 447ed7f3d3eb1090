"""Asks MiniStack's own IAM who may connect, and which route, or role, may invoke a function."""

import re
from contextlib import suppress

from ministack.core.iam_evaluator import (
    AuthError,
    EvalContext,
    _gather_role_policies,
    _permissions_boundary,
    combine_resource_policy,
    enforce,
    evaluate,
    evaluate_resource_policy,
    parse_policy_document,
    resolve_principal,
    validate_policy_document,
)
from ministack.core.responses import set_request_region
from ministack.services.iam import _roles
from websockets.http11 import Request

from wschat.local.access.signatures import Asked, Claim, claim_of, failure_of
from wschat.local.gateway.admission import Identity, because
from wschat.local.gateway.model import Json, Stage

PRINCIPAL = "apigateway.amazonaws.com"
SERVICE = "execute-api"
INVOKE = "lambda:InvokeFunction"
CONNECT = "execute-api:Invoke"
ROLE = re.compile(r"arn:[^:]+:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]+)", re.ASCII)
SESSION = "BackplaneAssumeRoleSession"
"""The name of API Gateway's session, as recorded of REST APIs (us-east-1, 2026-09)."""


def allows(policy: Json, function_arn: str, source_arn: str) -> bool:
    """Tell whether a function's policy lets API Gateway invoke it for a route of the same account.

    `source_arn` is the route's, `arn:…:execute-api:<region>:<account>:<api>/<stage>/<route key>`.
    """
    _, _, _, region, account, *_ = function_arn.split(":")
    context = EvalContext(
        principal_arn="",
        principal_type="Service",
        principal_account="",
        action=INVOKE,
        resource_arn=function_arn,
        region=region,
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": account},
    )
    return bool(evaluate_resource_policy(policy, context, service=PRINCIPAL).decision == "Allow")


def denied_to(role_arn: str, function_arn: str, policy: Json | None) -> str:
    """Return why API Gateway may not invoke a function as a role, in AWS's words; nothing if it may.

    The role must trust API Gateway, which tells no source of its own (recorded, us-east-1, 2026-09), and must
    be allowed to, by its policies or by the function's own, `policy`; a denial in either holds.
    """
    found = ROLE.fullmatch(role_arn)
    account, name = found.groups() if found else ("", "")
    role = _roles.get_scoped(account, None, name)
    if not (role and role["Arn"] == role_arn and _trusts(role)):
        return f"API Gateway does not have permission to assume the provided role {role_arn}"
    region = function_arn.split(":")[3]
    session = f"arn:aws:sts::{account}:assumed-role/{name}/{SESSION}"
    context = EvalContext(session, "AssumedRole", account, INVOKE, function_arn, region)
    policies, limits = _gather_role_policies(name, account), _permissions_boundary(_roles, name, account)
    own = evaluate(context, policies, *limits)
    decision = combine_resource_policy(own, context, policy, function_arn.split(":")[4], limits=tuple(limits))
    return "" if decision.decision == "Allow" else _denial(session, INVOKE, function_arn, decision.decision)


def _trusts(role: Json) -> bool:
    """Tell whether a role lets API Gateway assume it."""
    context = EvalContext("", "AssumedRole", "", "sts:AssumeRole", role["Arn"], "")
    trusted = evaluate_resource_policy(role["AssumeRolePolicyDocument"], context, PRINCIPAL)
    return bool(trusted.decision == "Allow")


def decide(policy: object, stage: Stage, source_ip: str) -> str | None:
    """Return what a policy says of connecting: Allow, Deny or ImplicitDeny; None if it is no policy."""
    if not isinstance(policy, dict) or validate_policy_document(policy):
        return None
    statements = parse_policy_document(policy)
    if not all(
        (each.actions or each.not_actions) and (each.resources or each.not_resources) for each in statements
    ):
        return None
    context = EvalContext("", "", "", CONNECT, stage.arn("$connect"), stage.region, source_ip)
    with suppress(AttributeError, TypeError, ValueError):  # what stands for conditions is none
        return str(evaluate(context, [statements]).decision)
    return None


def authorize(handshake: Request, stage: Stage) -> Identity | str:
    """Return who signed a handshake, or the message that refuses it."""
    path, _, query = handshake.path.partition("?")
    headers = [(name.encode(), value.encode()) for name, value in handshake.headers.raw_items()]
    asked = Asked.of("GET", path.encode(), query.encode(), headers)
    claim = claim_of(asked)
    if isinstance(claim, AuthError):
        return "Missing Authentication Token" if claim.code == "MissingAuthenticationToken" else claim.message
    failed = failure_of(asked, claim, b"", explain=True)
    return (failed.message if failed else None) or _refusal(claim, stage) or identity(claim)


def is_allowed(claim: Claim, action: str, resource: str, region: str) -> bool:
    """Tell whether it is certain that somebody may do something, as policies without conditions allow it.

    MiniStack's `enforce` looks for much more, which only conditions, or a refusal, need to know: that is a
    tenth of what a post takes.
    """
    who = resolve_principal(claim.credential.access_key_id, claim.credential.account_id, claim.credential)
    if isinstance(who, AuthError):
        return False
    if who.policies is None:  # the root
        return True
    layers = who.policies, *who.limits
    if any(statement.conditions for layer in layers for policy in layer for statement in policy):
        return False
    context = EvalContext(who.arn, who.type, who.account, action, resource, region)
    return bool(evaluate(context, *layers).decision == "Allow")


def _refusal(claim: Claim, stage: Stage) -> str | None:
    """Return why a signature that is right is not good here, in AWS's words; None if it is."""
    signature, who, arn = claim.signature, claim.credential, stage.arn("$connect")
    if signature.region != stage.region:
        return f"Credential should be scoped to a valid region, not '{signature.region}'. "
    if signature.service != SERVICE:
        return f"Credential should be scoped to correct service: '{SERVICE}'. "
    set_request_region(stage.region)
    denied = enforce(who.access_key_id, CONNECT, "apigateway", stage.region, resource_arn=arn)
    if isinstance(denied, AuthError):
        return str(denied.message)
    return _denial(who.principal_arn, CONNECT, arn, denied.decision) if denied else None


def _denial(who: str, action: str, arn: str, decision: str) -> str:
    return (
        f"User: {who} is not authorized to perform: {action} on resource: {arn} {because(action, decision)}"
    )


def identity(claim: Claim) -> Identity:
    """Return who signed, as events and access logs have it."""
    who = claim.credential
    return {
        "accountId": who.account_id,
        "caller": who.principal_id,
        "user": who.principal_id,
        "userArn": who.principal_arn,
        "accessKey": who.access_key_id,
    }
