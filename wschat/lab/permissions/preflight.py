"""What is looked at before the first write: the role that was given, and what AWS would refuse to make."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from wschat.errors import AccessError, UsageError
from wschat.lab.attributes.answers import Answer, document, listed
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.texts.explanations import ASK
from wschat.lab.aws.texts.refusals import DEMANDS, NO_PASSING, PERHAPS_TAGS
from wschat.lab.blueprint import FUNCTIONS, role_path
from wschat.lab.chosen.choices import Choices
from wschat.lab.permissions.user_policy import resources
from wschat.lab.plan import Step, Verb

BEFORE = "before the first step"
ROLE = "its role"
NEEDED = (
    ("table", "dynamodb:CreateTable", "the two tables"),
    ("role", "iam:PutRolePolicy", ROLE),
    ("function", "iam:PassRole", ROLE),
    ("function", "lambda:CreateFunction", "the seven functions"),
    ("API", "apigateway:POST", "`/apis`"),
)
"""What it takes to create one of a kind, and on what, in the words of `resources` or of the role it has.

That a role may not be made IAM says best itself, at the first write.
"""


def with_role(cloud: Cloud, choices: Choices) -> Choices:
    """Return choices with the ARN of the role that they give; without one, as they are.

    Where nobody may look at it, that is noted: Lambda says later whether it may have it.

    Raises:
        UsageError: there is no such role, Lambda may not assume it, or no tag can keep its ARN.
        AccessError, AwsError: AWS could not be asked.
    """
    if not choices.role:
        return choices
    name, hint = choices.role.rpartition("/")[2], "`aws iam list-roles` names those that there are"
    arn = choices.role if ":" in choices.role else cloud.lab.arn("iam", f"role/{name}")
    what = f"role {name}"
    with translated(what):
        (found,) = cloud.clock.run_all([partial(cloud.ask, what, cloud.iam.get_role, RoleName=name)])
    if found is None or arn.split(":")[4] != cloud.lab.account:
        raise UsageError(f"there is no {what} in account {cloud.lab.account}", where="--role", hint=hint)
    if found and not _lambda_may(found["Role"].get("AssumeRolePolicyDocument")):
        hint = "whoever may change its trust policy adds lambda.amazonaws.com; or give another role"
        raise UsageError(f"Lambda may not assume {what}", where="--role", hint=hint)
    choices = replace(choices, role=str(found["Role"]["Arn"]) if found else arn)
    choices.check_length()
    return choices


def _lambda_may(trust: object) -> bool:
    """Tell whether a trust policy lets Lambda assume the role, or can't be read."""
    policy: Any = document(trust)
    if not isinstance(policy, Answer):
        return True
    allowed = [each for each in listed(policy["Statement"]) if each.get("Effect") == "Allow"]
    principals = [each.get("Principal") for each in allowed]
    return any(each == "*" or "lambda.amazonaws.com" in _services(each) for each in principals)


def _services(principal: Any) -> Iterable[str]:  # noqa: ANN401  as in JSON
    services = principal.get("Service") or () if isinstance(principal, dict) else ()
    return [services] if isinstance(services, str) else services


def check_allowed(cloud: Cloud, plan: Iterable[Step]) -> None:
    """Let AWS simulate the creates of a plan, with the lab's tags and boundary; note if it may not be asked.

    A simulation knows nothing of what it was not told, such as an IP address: where a policy asks for that,
    its answer does not count.

    Raises:
        AccessError: AWS would refuse some, or does not know who asks.
    """
    created = {step.resource.kind for step in plan if step.verb is Verb.CREATE}
    asked = [(actions.split(), on) for kind, actions, on in NEEDED if kind in created]
    principal = _principal(cloud)
    if not asked or not principal:
        return
    a_role = cloud.lab.arn("iam", f"role/{role_path(cloud.lab, FUNCTIONS[0])}")
    where = {**resources(cloud.lab), ROLE: [a_role]}
    jobs = [partial(_refused, cloud, principal, actions, where[on][0]) for actions, on in asked]
    with translated(BEFORE):
        refused = dict(denial for each in cloud.clock.run_all(jobs, cloud.workers) for denial in each)
    if refused:
        hint = PERHAPS_TAGS if "explicitDeny" in refused.values() else ASK
        if any(action.startswith("iam:") for action in refused):
            hint = DEMANDS if "role" in created else NO_PASSING.format(cloud.lab.choices.role)
        what = f"AWS would refuse {', '.join(refused)}"
        raise AccessError(what, where=BEFORE, hint=hint)


def _principal(cloud: Cloud) -> str:
    """Return whose policies decide what a caller may do; nothing for the root user, who may do all."""
    kind, _, name = cloud.caller.rpartition(":")[2].partition("/")
    if kind == "assumed-role":
        return cloud.lab.arn("iam", f"role/{name.partition('/')[0]}")
    return cloud.caller if kind == "user" else ""


def _refused(cloud: Cloud, principal: str, actions: list[str], resource: str) -> list[tuple[str, str]]:
    """Return those of the actions that would be refused on a resource, with the decision."""
    what, simulate = "what AWS would refuse", cloud.iam.simulate_principal_policy
    context: Any = [
        {"ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": kind}
        for key, kind, values in _context(cloud)
    ]
    found: Any = cloud.ask(
        what,
        simulate,
        PolicySourceArn=principal,
        ActionNames=actions,
        ResourceArns=[resource],
        ContextEntries=context,
    )
    if found is None:  # the path of a role does not stand in the ARN of who has assumed it
        cloud.unseen(what, f"IAM does not know {principal}")
    return [
        (each["EvalActionName"], each["EvalDecision"])
        for each in (found or {}).get("EvaluationResults", ())
        if each["EvalDecision"] != "allowed" and not each.get("MissingContextValues")
    ]


def _context(cloud: Cloud) -> Iterable[tuple[str, str, list[str]]]:
    """Yield what a policy may ask for: the key, its type and its values."""
    choices, tags = cloud.lab.choices, cloud.lab.tags | dict(cloud.lab.choices.tags or ())
    yield "aws:RequestedRegion", "string", [cloud.lab.region]
    yield "aws:TagKeys", "stringList", [*tags]
    yield "iam:PassedToService", "string", ["lambda.amazonaws.com"]
    for key, value in tags.items():
        yield f"aws:RequestTag/{key}", "string", [value]
    if choices.boundary:
        yield "iam:PermissionsBoundary", "string", [choices.boundary]
