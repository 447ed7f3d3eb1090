"""A small IAM: what each call needs, and whether a policy grants it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from tests.support.plane.errors import DENIED, denied, error
from tests.support.plane.variables import resolved
from tests.support.plane.wire import Answer, Call, members, tags_of, xml

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
SCP = "service control policy"
REGION, TAGGED = "aws:RequestedRegion", "aws:RequestTag/"
BOUNDARY = "iam:PermissionsBoundary"
OF_BOUNDED = {
    *("PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy"),
    "DeleteRolePermissionsBoundary",
}
"""Calls of whose role conditions may ask the boundary; of others, they ask the one that is to be."""
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


def needs(
    call: Call, functions: Mapping[str, str] = NONE, path: str = "/", boundary: str = ""
) -> Iterator[Need]:
    """Yield what a call needs, its own action first.

    `functions` are those of event source mappings, `path` and `boundary` are those of a role.
    """
    if call.operation in FREE:
        return
    resource, context = _resource(call).replace(":role/", f":role{path}"), dict(_context(call))
    if boundary and call.operation in OF_BOUNDED:
        context[BOUNDARY] = boundary
    mapped = functions.get(call.params.get("UUID", ""))
    yield Need(_action(call), resource, context | ({"lambda:FunctionArn": mapped} if mapped else {}))
    if call.operation in TAGS and tags_of(call):
        plain = resource.removesuffix(":log-stream:")
        yield Need(TAGS[call.operation], plain, context)
    role = call.params.get("Role")
    if role and call.operation in {"CreateFunction", "UpdateFunctionConfiguration"}:
        yield Need("iam:PassRole", role, {"iam:PassedToService": "lambda.amazonaws.com"})
    if call.operation == "CreateApi":
        yield Need(LINK, LINKED_ROLE)


def _context(call: Call) -> Iterator[tuple[str, str]]:
    """Yield what conditions of policies may ask for."""
    yield REGION, call.region
    if boundary := call.params.get("PermissionsBoundary"):
        yield BOUNDARY, boundary
    for key, value in tags_of(call).items():
        yield f"{TAGGED}{key}", value


def _action(call: Call) -> str:
    if call.service == "apigateway":
        return f"apigateway:{ON_TAGS.get(call.operation, call.request.method)}"
    return f"{call.service}:{ACTIONS.get(call.operation, call.operation)}"


def _resource(call: Call) -> str:
    """Return the ARN that a call is about, as policies must name it."""
    name, here = call.resource, f"{call.region}:{ACCOUNT}"
    if whole := call.params.get("PolicySourceArn", "*" if call.operation in ANYTHING else ""):
        return str(whole)
    match call.service:
        case "apigateway":
            path = name if not name.startswith("tags/") else f"tags/{quote(name[5:], safe='')}"
            return f"arn:aws:apigateway:{call.region}::/{path}"
        case "dynamodb":
            return f"arn:aws:dynamodb:{here}:table/{name}"
        case "iam" if call.operation == "RemoveRoleFromInstanceProfile":
            return f"arn:aws:iam::{ACCOUNT}:instance-profile/{call.params['InstanceProfileName']}"
        case "iam":
            return str(call.params.get("PolicyArn") if not name else f"arn:aws:iam::{ACCOUNT}:role/{name}")
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
    tags = {key: value for key, value in need.context.items() if key.startswith(TAGGED)}
    keys = {name.lower(): value for name, value in need.context.items() if name not in tags}
    context = EvalContext(
        *(ROOT_ARN, "User", ACCOUNT, need.action, need.resource),
        need.context.get(REGION, ""),
        service_context=keys,
        request_tags={key.removeprefix(TAGGED): value for key, value in tags.items()},
    )
    return DECISIONS[evaluate(context, [parse_policy_document(resolved(policy, keys))]).decision]


@dataclass(frozen=True)
class Layer:
    """A policy among those that all have to allow a call; `arn` is told where it denies one."""

    document: dict[str, Any]
    kind: str = "identity-based policy"
    arn: str = ""

    def refusal(self, need: Need) -> tuple[str, bool]:
        """Return the words in which AWS refuses, if this does, and whether it is by a denial."""
        verdict, article = granted(self.document, need), "an" if self.kind[0] in "aeiou" else "a"
        if verdict is None:
            return f"with an explicit deny in {article} {self.kind}" + (self.arn and f": {self.arn}"), True
        return "" if verdict else f"because no {self.kind} allows the {need.action} action", False


def for_ministack(policy: dict[str, Any]) -> dict[str, Any]:
    """Add the whole control plane, which is guarded here; who may connect, MiniStack decides."""
    rest = {"Effect": "Allow", "NotAction": "execute-api:*", "Resource": "*"}
    return policy | {"Statement": [*policy["Statement"], rest]}


def simulation(call: Call) -> Iterator[Need]:
    """Yield what a call of SimulatePrincipalPolicy asks about."""
    entries = members(call, "ContextEntries")
    context = {each["ContextKeyName"]: each["ContextKeyValues.member.1"] for each in entries}
    (resource,) = (each[""] for each in members(call, "ResourceArns"))
    for action in members(call, "ActionNames"):
        yield Need(action[""], resource, context)


def simulated(decisions: Mapping[str, str], missing: Iterable[str]) -> Answer:
    """Answer a simulation; `missing` are the keys that policies ask for and that it was not told."""
    keys = "".join(f"<member>{key}</member>" for key in missing)
    results = "".join(
        f"<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision>"
        f"<MissingContextValues>{keys}</MissingContextValues></member>"
        for action, decision in decisions.items()
    )
    return xml("iam", "SimulatePrincipalPolicy", f"<EvaluationResults>{results}</EvaluationResults>")


class Permissions:
    """The policies of access keys; a key without one may do everything.

    `linked` is whether the account has API Gateway's service-linked role, which comes with its first API;
    `functions` are those of event source mappings, by their ids.
    """

    def __init__(self, functions: Mapping[str, str]) -> None:
        self._functions = functions
        self._layers: dict[str, Sequence[Layer]] = {}
        self._callers: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self._boundaries: dict[str, str] = {}
        self.linked = False

    def restrict(self, key: str, layers: Sequence[Layer], caller: str) -> None:
        """Let who has an access key be this caller, whom these policies restrict."""
        self._layers[key], self._callers[key] = layers, caller

    def caller(self, key: str) -> str:
        """Return the ARN of who has an access key."""
        return self._callers.get(key, ROOT_ARN)

    def refuse(self, call: Call) -> Answer | None:
        if call.operation == "CreateRole":
            self._paths[call.resource] = call.params.get("Path", "/")
        asked = (need for need in self.needs(call) if need.action != LINK or not self.linked)
        refusal = next(filter(None, (self._check(call, need) for need in asked)), None)
        self.linked = self.linked or (call.operation == "CreateApi" and not refusal)
        if call.operation in {"CreateRole", "PutRolePermissionsBoundary"} and not refusal:
            self._boundaries[call.resource] = call.params.get("PermissionsBoundary", "")
        return refusal

    def needs(self, call: Call) -> Iterator[Need]:
        """Yield what a call needs to be granted."""
        name = call.resource
        yield from needs(call, self._functions, self._paths.get(name, "/"), self._boundaries.get(name, ""))

    def refuse_answer(self, call: Call, answer: Answer) -> Answer | None:
        """Refuse what only the answer shows to be needed: the tags of a function."""
        if call.operation != "GetFunction" or not answer.ok or not json.loads(answer.body).get("Tags"):
            return None
        return self._check(call, Need("lambda:ListTags", _resource(call), dict(_context(call))))

    def answer(self, call: Call) -> Answer | None:
        """Answer what IAM alone knows: who a caller is, and what would be refused; None of all else."""
        if call.operation == "GetCallerIdentity" and call.key in self._callers:
            shown = f"<Arn>{self.caller(call.key)}</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>"
            return xml("sts", "GetCallerIdentity", shown)
        if call.operation == "SimulatePrincipalPolicy":
            asked = [*simulation(call)]
            decisions = {need.action: self._simulate(call.key, need) for need in asked}
            return simulated(decisions, self._conditions(call.key) - asked[0].context.keys())
        return None

    def _conditions(self, key: str) -> set[str]:
        """Return the keys that conditions of somebody's policies ask for."""
        statements = (each for layer in self._layers.get(key, ()) for each in layer.document["Statement"])
        return {name for each in statements for test in each.get("Condition", {}).values() for name in test}

    def _simulate(self, key: str, need: Need) -> str:
        """Return the decision of a simulation, which leaves out organizations' policies with conditions."""
        layers = (each for each in self._layers.get(key, ()) if each.kind != SCP)
        why, explicit = self._refused(layers, by(self.caller(key), need))
        return ("explicitDeny" if explicit else "implicitDeny") if why else "allowed"

    @staticmethod
    def _refused(layers: Iterable[Layer], need: Need) -> tuple[str, bool]:
        refusals = [each.refusal(need) for each in layers]
        explicit = [each for each in refusals if each[1]]
        return next((each for each in (*explicit, *refusals) if each[0]), ("", False))

    def _check(self, call: Call, need: Need) -> Answer | None:
        need = by(self.caller(call.key), need)
        why, _ = self._refused(self._layers.get(call.key, ()), need)
        if not why:
            return None
        if need.action == LINK:
            return error(call.service, *DENIED[call.service], NO_LINK)
        return denied(call.service, self.caller(call.key), need.action, need.resource, why)

    def deny(self, call: Call) -> Answer:
        """Refuse a call as if its own action were not granted."""
        need = next(needs(call), Need(_action(call), "*"))
        why = f"because no identity-based policy allows the {need.action} action"
        return denied(call.service, self.caller(call.key), need.action, need.resource, why)
