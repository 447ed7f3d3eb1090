"""Accounts that are not one's own, as settings of the control plane: who asks, and what may refuse it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.plane.permissions import ACCOUNT, REGION, SCP, TAGGED, Layer

ROLES = f"arn:aws:iam::{ACCOUNT}:role/"
POLICIES = f"arn:aws:iam::{ACCOUNT}:policy/"
BOUNDARY = f"{POLICIES}LabBoundary"
TAG = "CostCenter"
LOOK = ["iam:Get*", "iam:List*"]
LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def _statement(effect: str, what: str, *actions: str, on: object = "*", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"Effect": effect, what: list(actions), "Resource": on, **more}


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


EVERYTHING = _statement("Allow", "Action", "*")
ALL = Layer(_document(EVERYTHING))


@dataclass(frozen=True)
class Account:
    """One kind of account.

    Attributes:
        caller: the ARN of who asks.
        layers: the policies that all have to allow what is asked.
        given: the name of a role that is there, which Lambda may assume; with its path.
        region: where it is asked for.
        architectures: of functions, that are offered there.
    """

    caller: str = f"arn:aws:iam::{ACCOUNT}:user/ann"
    layers: Sequence[Layer] = (ALL,)
    given: str = ""
    region: str = "us-east-1"
    architectures: Sequence[str] = field(default=("arm64", "x86_64"))


def _lab(*more: Layer, closed: Sequence[str] = (), region: str = "us-east-1") -> Account:
    """Return an account of Vocareum's: a role that may look at IAM, and pass the one role that there is."""
    own = _statement("Allow", "NotAction", "iam:*", "organizations:*", *closed)
    look = _statement("Allow", "Action", *LOOK, "iam:CreateServiceLinkedRole")
    use = _statement("Allow", "Action", "iam:PassRole", on=LAB)
    hidden = _statement("Deny", "Action", "iam:GetRole", on=f"{ROLES}voclabs")
    others = {"StringNotEquals": {REGION: ["us-east-1", "us-west-2"]}}
    away = _statement("Deny", "NotAction", "iam:*", "sts:*", Condition=others)
    layers = (
        Layer(_document(own, look, use)),
        Layer(_document(EVERYTHING, hidden, away), arn=f"{POLICIES}Pvoclabs2"),
    )
    caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/voclabs/user1=Ann"
    return Account(caller, (*layers, *more), "LabRole", region)


LAB = f"{ROLES}LabRole"
CANCELLED = Layer(_document(_statement("Deny", "Action", "*")), arn=f"{POLICIES}voc-cancel-cred")
NO_IAM = _statement("Allow", "NotAction", "iam:*", "organizations:*", "account:*")
LINK = _statement("Allow", "Action", "iam:CreateServiceLinkedRole", "iam:ListRoles")
USE = _statement("Allow", "Action", "iam:PassRole", on=f"{ROLES}platform/functions", Condition=LAMBDA)
POWER = f"arn:aws:sts::{ACCOUNT}:assumed-role/Developers/ann"
BOUND = {"StringNotEquals": {"iam:PermissionsBoundary": BOUNDARY}}
UNBOUNDED = _statement("Deny", "Action", "iam:CreateRole", "iam:PutRolePermissionsBoundary", Condition=BOUND)
UNTAGGED = _statement(
    *("Deny", "Action", "dynamodb:CreateTable", "iam:CreateRole", "lambda:CreateFunction"),
    Condition={"Null": {f"{TAGGED}{TAG}": "true"}},
)
ELSEWHERE = _statement(
    "Deny", "NotAction", "iam:*", "sts:*", Condition={"StringNotEquals": {REGION: "eu-central-1"}}
)
BOUNDED_ALONE = Layer(_document(EVERYTHING, UNBOUNDED), "permissions boundary", BOUNDARY)
TAGGED_ALONE = Layer(_document(EVERYTHING, UNTAGGED), SCP, f"arn:aws:organizations::1:policy/{TAG}")
IN_A_PATH = Layer(
    _document(
        _statement("Allow", "NotAction", "iam:*"),
        _statement("Allow", "Action", *LOOK, "iam:SimulatePrincipalPolicy", "iam:CreateServiceLinkedRole"),
        _statement("Allow", "Action", "iam:*", on=f"{ROLES}labs/*"),
    )
)
ACCOUNTS = {
    "one's own": Account(),
    "Learner Lab": _lab(),
    "Learner Lab, in another region": _lab(region="eu-central-1"),
    "Learner Lab, session over": _lab(CANCELLED),
    "Learner Lab without API Gateway": _lab(closed=("apigateway:*",)),
    "PowerUser": Account(POWER, [Layer(_document(NO_IAM, LINK))], "platform/functions"),
    "PowerUser who may pass a role": Account(
        POWER, [Layer(_document(NO_IAM, LINK, USE))], "platform/functions"
    ),
    "boundary required": Account(layers=(ALL, BOUNDED_ALONE)),
    "tag required": Account(layers=(ALL, TAGGED_ALONE)),
    "path required": Account(layers=[IN_A_PATH]),
    "regions closed": Account(layers=(ALL, Layer(_document(EVERYTHING, ELSEWHERE), SCP))),
    "no arm64": Account(architectures=("x86_64",)),
    "no such runtime": Account(architectures=()),
    "boundary, tag and path required, no arm64": Account(
        layers=(IN_A_PATH, BOUNDED_ALONE, TAGGED_ALONE), architectures=("x86_64",)
    ),
}
"""By what makes them unlike one's own, and that."""
