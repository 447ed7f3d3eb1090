"""Ways to become an administrator, each tried with a student's policy and their roles' boundary alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.support.plane.permissions import ACCOUNT, Need, granted
from wschat.lab.chosen.choices import UNDECIDED, Choices
from wschat.lab.model.lab import Lab
from wschat.lab.permissions.user_policy import BOUNDED_PATH, boundary, prefix_of_each, user_policy

LAB = Lab(account=ACCOUNT, region="us-east-1")
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/wschat-boundary"
BOUNDED = Choices(boundary=BOUNDARY, path=BOUNDED_PATH)
ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
STUDENT = "anna"
KEY, PASSED = "iam:PermissionsBoundary", "iam:PassedToService"
LAMBDA, GATEWAY = {PASSED: "lambda.amazonaws.com"}, {PASSED: "apigateway.amazonaws.com"}
UNDER_IT = {KEY: BOUNDARY}


def role(name: str, path: str = BOUNDED_PATH) -> str:
    return LAB.arn("iam", f"role{path}{name}")


def function(name: str) -> str:
    return LAB.arn("lambda", f"function:{name}")


OWN, OTHER = role("anna-ConnectRole"), role("Administrator", "/")
USER = LAB.arn("iam", "user/anna")


@dataclass(frozen=True)
class Climb:
    """What is tried, by the student or by the code of a function of theirs; and what stands against it.

    `first` is what they may do for it.
    """

    name: str
    tried: tuple[Need, ...]
    against: str
    first: tuple[Need, ...] = ()
    by_function: bool = False


NOT_GRANTED = "the policy does not have it"
CLIMBS = (
    Climb(
        "make a role without the boundary, or with another one",
        (Need("iam:CreateRole", OWN), Need("iam:CreateRole", OWN, {KEY: ADMIN_POLICY})),
        "the policy's condition on CreateRole",
        first=(Need("iam:CreateRole", OWN, UNDER_IT),),
    ),
    Climb(
        "write an administrator's policy on an own role, and let a function work under it",
        (
            *(Need(f"iam:{each}", USER) for each in ("AttachUserPolicy", "PutUserPolicy", "TagUser")),
            *(Need(f"iam:{each}", OWN) for each in ("DeleteRolePermissionsBoundary", "AttachRolePolicy")),
            Need("iam:CreatePolicyVersion", BOUNDARY),
            Need("iam:PassRole", OTHER, LAMBDA),
            Need("sts:AssumeRole", OTHER),
            Need("lambda:UpdateFunctionCode", function("payroll")),
        ),
        "the boundary, which has nothing of IAM, STS or Lambda",
        first=(Need("iam:PutRolePolicy", OWN, UNDER_IT), Need("iam:PassRole", OWN, LAMBDA)),
        by_function=True,
    ),
    Climb(
        "write one on a role that stood there before, without the boundary",
        (Need("iam:PutRolePolicy", OWN), Need("iam:PutRolePolicy", OTHER)),
        "the policy's condition on PutRolePolicy",
    ),
    Climb(
        "take the boundary off an own role, or set another",
        tuple(
            Need(f"iam:{each}RolePermissionsBoundary", OWN, context)
            for each in ("Delete", "Put")
            for context in (UNDER_IT, {KEY: ADMIN_POLICY})
        ),
        NOT_GRANTED,
    ),
    Climb(
        "edit the boundary's own policy",
        tuple(
            Need(f"iam:{each}", BOUNDARY)
            for each in ("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy")
        ),
        NOT_GRANTED,
    ),
    Climb(
        "attach AdministratorAccess to an own role",
        (Need("iam:AttachRolePolicy", OWN, {**UNDER_IT, "iam:PolicyARN": ADMIN_POLICY}),),
        NOT_GRANTED,
    ),
    Climb(
        "pass a role that has no boundary to a function; or any role to another service",
        (
            Need("iam:PassRole", OTHER, LAMBDA),
            Need("iam:PassRole", role("anna-ConnectRole", "/"), LAMBDA),
            Need("iam:PassRole", OWN, GATEWAY),
            Need("iam:PassRole", OWN, {PASSED: "ec2.amazonaws.com"}),
        ),
        "PassRole only below the path, and only to Lambda",
        first=(Need("iam:PassRole", OWN, LAMBDA),),
    ),
    Climb(
        "change the code of a function that has another role",
        tuple(
            Need(f"lambda:UpdateFunction{what}", function(name))
            for what in ("Code", "Configuration")
            for name in ("payroll", "anna-payroll", "bob-Connect")
        ),
        "the policy names the seven functions in full",
        first=(Need("lambda:UpdateFunctionCode", function("anna-Connect")),),
    ),
    Climb(
        "let oneself assume a role that has no boundary",
        (
            *(Need("iam:UpdateAssumeRolePolicy", each) for each in (OTHER, role("anna-ConnectRole", "/"))),
            Need("sts:AssumeRole", OTHER),
        ),
        "UpdateAssumeRolePolicy only below the path",
        first=(Need("iam:UpdateAssumeRolePolicy", OWN),),
    ),
    Climb(
        "grant oneself more, or take another name",
        (
            *(
                Need(f"iam:{each}", USER)
                for each in ("AttachUserPolicy", "PutUserPolicy", "AddUserToGroup", "TagUser", "UpdateUser")
            ),
            Need("iam:CreateAccessKey", LAB.arn("iam", "user/teacher")),
            Need("iam:CreatePolicy", LAB.arn("iam", "policy/mine")),
        ),
        NOT_GRANTED,
    ),
)


def may(need: Need, *, by_function: bool = False, choices: Choices = BOUNDED) -> bool:
    """Tell whether a student, or a function of theirs, may do something with these two documents."""
    if by_function:
        return not choices.boundary or bool(granted(boundary(LAB), need))
    own = replace(LAB, prefix=prefix_of_each(), choices=choices)
    known = replace(need, context={"aws:username": STUDENT, **need.context})
    return bool(granted(user_policy(own), known))


def reached(climb: Climb) -> Iterator[Need]:
    """Yield what of a climb is granted."""
    yield from (need for need in climb.tried if may(need, by_function=climb.by_function))


def first_steps(climb: Climb) -> Iterator[Need]:
    """Yield what is refused of that which a student needs for their own lab."""
    yield from (need for need in climb.first if not may(need))


def open_without(climb: Climb) -> bool:
    """Tell whether the policy lets one up that way without a boundary, with all roles at the root."""
    tried = (replace(need, resource=need.resource.replace(BOUNDED_PATH, "/")) for need in climb.tried)
    return any(may(need, by_function=climb.by_function, choices=UNDECIDED) for need in tried)
