"""A small IAM: what each call needs, and whether a policy grants it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from tests.support.plane.errors import DENIED, denied, error
from tests.support.plane.variables import resolved
from tests.support.plane.wire import Answer, Call

ACCOUNT = "000000000000"
ROOT_ARN = f"arn:aws:iam::{ACCOUNT}:root"
UNVERIFIED = {"apigateway:TagResource", "apigateway:UntagResource"}
"""Actions that public policies name, but no list of AWS's that could be read."""
FREE = {"GetCallerIdentity"}
ANYTHING = {"ListRoles", "ListFunctions", "ListTables", "GetAccountSettings", "ListEventSourceMappings"}
"""Calls that are granted on * alone."""
ON_TAGS = {"TagResource": "PUT", "UntagResource": "DELETE", "GetTags": "GET"}
TAGS = {
    "CreateApi": "apigateway:TagResource",
    "CreateFunction": "lambda:TagResource",
    "CreateLogGroup": "logs:TagResource",
    "CreateRole": "iam:TagRole",
    "CreateStage": "apigateway:TagResource",
    "CreateTable": "dynamodb:TagResource",
}
"""What a create with tags needs besides."""
NONE: Mapping[str, str] = {}
LINK = "iam:CreateServiceLinkedRole"
LINKED_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"
)
NO_LINK = "Caller does not have permissions to create a Service Linked Role."
"""Who makes the first API of an account makes API Gateway's own role as well (its Developer Guide, "Using
service-linked roles"); the refusal is in API Gateway's words, which people report."""
ACTIONS = {"Invoke": "InvokeFunction"}
"""Operations that are not called as their action."""
DECISIONS = {"Allow": True, "ImplicitDeny": False, "Deny": None}


@dataclass(frozen=True)
class Need:
    """One action on one resource; `context` are the keys that conditions may ask for."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict)


def needs(call: Call, functions: Mapping[str, str] = NONE) -> Iterator[Need]:
    """Yield what a call needs, its own action first; `functions` are those of event source mappings."""
    if call.operation in FREE:
        return
    resource = _resource(call)
    mapped = functions.get(call.params.get("UUID", ""))
    yield Need(_action(call), resource, {"lambda:FunctionArn": mapped} if mapped else {})
    if call.operation in TAGS and _tagged(call):
        plain = resource.removesuffix(":log-stream:")
        yield Need(TAGS[call.operation], plain)
    role = call.params.get("Role")
    if role and call.operation in {"CreateFunction", "UpdateFunctionConfiguration"}:
        yield Need("iam:PassRole", role, {"iam:PassedToService": "lambda.amazonaws.com"})
    if call.operation == "CreateApi":
        yield Need(LINK, LINKED_ROLE)


def _action(call: Call) -> str:
    if call.service == "apigateway":
        return f"apigateway:{ON_TAGS.get(call.operation, call.request.method)}"
    return f"{call.service}:{ACTIONS.get(call.operation, call.operation)}"


def _tagged(call: Call) -> bool:
    return any(name.lower() == "tags" and value for name, value in call.params.items()) or any(
        name.startswith("Tags.member.") for name in call.params
    )


def _resource(call: Call) -> str:
    """Return the ARN that a call is about, as policies must name it."""
    name, here = call.resource, f"{call.region}:{ACCOUNT}"
    if call.operation in ANYTHING:
        return "*"
    match call.service:
        case "apigateway":
            path = name if not name.startswith("tags/") else f"tags/{quote(name[5:], safe='')}"
            return f"arn:aws:apigateway:{call.region}::/{path}"
        case "dynamodb":
            return f"arn:aws:dynamodb:{here}:table/{name}"
        case "iam" if call.operation == "RemoveRoleFromInstanceProfile":
            return f"arn:aws:iam::{ACCOUNT}:instance-profile/{call.params['InstanceProfileName']}"
        case "iam":
            return f"arn:aws:iam::{ACCOUNT}:role/{name}"
        case "lambda" if which := call.params.get("UUID"):
            return f"arn:aws:lambda:{here}:event-source-mapping:{which}"
        case "lambda":
            return f"arn:aws:lambda:{here}:function:{name}"
        case "logs" if call.operation.endswith("ForResource") or "TagResource" in call.operation:
            return f"arn:aws:logs:{here}:log-group:{name}"
        case "logs":
            group = "" if call.operation == "DescribeLogGroups" else name
            return f"arn:aws:logs:{here}:log-group:{group}:log-stream:"
    return "*"


def by(user: str, need: Need) -> Need:
    """Return a need with what else conditions and variables may ask for: the name of an IAM user."""
    _, is_user, name = user.partition(":user/")
    return replace(need, context={"aws:username": name, **need.context}) if is_user else need


def granted(policy: dict[str, Any], need: Need) -> bool | None:
    """Tell whether a policy allows something; None if a statement denies it."""
    keys = {name.lower(): value for name, value in need.context.items()}
    context = EvalContext(ROOT_ARN, "User", ACCOUNT, need.action, need.resource, "", service_context=keys)
    return DECISIONS[evaluate(context, [parse_policy_document(resolved(policy, keys))]).decision]


def for_ministack(policy: dict[str, Any]) -> dict[str, Any]:
    """Add the whole control plane, which is guarded here; who may connect, MiniStack decides."""
    rest = {"Effect": "Allow", "NotAction": "execute-api:*", "Resource": "*"}
    return policy | {"Statement": [*policy["Statement"], rest]}


class Permissions:
    """The policies of access keys; a key without one may do everything.

    `linked` is whether the account has API Gateway's service-linked role, which comes with its first API;
    `functions` are those of event source mappings, by their ids.
    """

    def __init__(self, functions: Mapping[str, str]) -> None:
        self._functions = functions
        self._policies: dict[str, dict[str, Any]] = {}
        self._users: dict[str, str] = {}
        self.linked = False

    def restrict(self, key: str, policy: dict[str, Any], user: str) -> None:
        self._policies[key], self._users[key] = policy, user

    def user(self, key: str) -> str:
        """Return the ARN of who has an access key."""
        return self._users.get(key, ROOT_ARN)

    def refuse(self, call: Call) -> Answer | None:
        asked = (need for need in needs(call, self._functions) if need.action != LINK or not self.linked)
        refusal = next(filter(None, (self._check(call, need) for need in asked)), None)
        self.linked = self.linked or (call.operation == "CreateApi" and not refusal)
        return refusal

    def refuse_answer(self, call: Call, answer: Answer) -> Answer | None:
        """Refuse what only the answer shows to be needed: the tags of a function."""
        if call.operation != "GetFunction" or not answer.ok or not json.loads(answer.body).get("Tags"):
            return None
        return self._check(call, Need("lambda:ListTags", _resource(call)))

    def _check(self, call: Call, need: Need) -> Answer | None:
        need = by(self.user(call.key), need)
        policy = self._policies.get(call.key)
        verdict = policy is None or granted(policy, need)
        if verdict:
            return None
        if need.action == LINK:
            return error(call.service, *DENIED[call.service], NO_LINK)
        user, explicit = self.user(call.key), verdict is None
        return denied(call.service, user, need.action, need.resource, explicit=explicit)

    def deny(self, call: Call) -> Answer:
        """Refuse a call as if its own action were not granted."""
        need = next(needs(call), Need(_action(call), "*"))
        return denied(call.service, self.user(call.key), need.action, need.resource)
