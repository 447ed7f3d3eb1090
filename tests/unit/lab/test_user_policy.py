"""The policy of a person who has one lab."""

import re
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from tests.support.plane import permissions
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.model import Lab, canonical
from wschat.lab.user_policy import LIMIT, user_policy

LAB = Lab(account="123456789012", region="eu-central-1", prefix="anna-")
NAMED = re.compile(r"(?:table|function|role|log-group)[:/](?:/aws/lambda/)?(.*)")
OWN_ROLE = "aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"


def granted(lab: Lab) -> Iterator[tuple[str, str]]:
    """Return each action, and each resource that it is granted on."""
    for statement in user_policy(lab)["Statement"]:
        for action in statement["Action"]:
            yield from ((action, resource) for resource in statement["Resource"])


@pytest.mark.parametrize("prefix", ["", "anna-"])
def test_on_one_lab_alone(prefix: str) -> None:
    """Whatever has a name of its own is granted by its full name; with a prefix, functions by that."""
    lab = replace(LAB, prefix=prefix)
    names = {match[1].rstrip(":*") for _, resource in granted(lab) if (match := NAMED.search(resource))}
    functions = [spec.name for spec in FUNCTIONS]
    wanted = ["client-records", "room-messages-users", *functions, *(f"{each}Role" for each in functions)]
    assert names - {prefix} == {OWN_ROLE, *(f"{prefix}{name}" for name in wanted)}
    for kind in ("table", "role"):
        assert not any(f":{kind}/" in each and each.endswith("*") for _, each in granted(lab))


def test_what_has_no_name() -> None:
    """A pattern stands only where AWS takes no ARN, or chooses an id itself."""
    granted_ = ((action, resource) for action, resource in granted(LAB) if "anna-" not in resource)
    patterns = {(action, resource) for action, resource in granted_ if "*" in resource}
    gateway = "arn:aws:apigateway:eu-central-1::"
    assert patterns == {
        ("lambda:GetAccountSettings", "*"),
        ("lambda:ListEventSourceMappings", "*"),
        (
            "lambda:DeleteEventSourceMapping",
            "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:*",
        ),
        ("logs:DescribeLogGroups", "*"),
        *((f"apigateway:{verb}", f"{gateway}/apis/*") for verb in ("DELETE", "GET", "PATCH", "POST")),
        ("apigateway:POST", f"{gateway}*/tags/*"),
        ("apigateway:PUT", f"{gateway}/tags/*"),
        ("apigateway:TagResource", f"{gateway}/apis/*"),
        ("execute-api:Invoke", "arn:aws:execute-api:eu-central-1:123456789012:*/development/$connect"),
    }


def test_what_is_not_verified() -> None:
    """What AWS's own list does not have is labelled, and stands by itself."""
    labelled = {each["Sid"]: each["Action"] for each in user_policy(LAB)["Statement"] if "Sid" in each}
    assert all(sid.startswith("Unverified") for sid in labelled)
    assert sorted(labelled.values()) == [["apigateway:POST"], ["apigateway:TagResource"]]


def test_an_api_with_tags() -> None:
    """What refusals of CreateApi with tags name is granted: the tags' ARN, or one with that inside of it."""
    here = "arn:aws:apigateway:eu-central-1::"
    for named in (f"{here}/tags/", f"{here}{here}/tags/", f"{here}/tags/arn%3Aaws%3Aapigateway"):
        assert permissions.granted(user_policy(LAB), permissions.Need("apigateway:POST", named)), named


def test_roles_are_passed_to_lambda_alone() -> None:
    """PassRole stands by itself, with its condition."""
    (statement,) = [each for each in user_policy(LAB)["Statement"] if "iam:PassRole" in each["Action"]]
    assert statement["Action"] == ["iam:PassRole"]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def test_event_sources() -> None:
    """Only those of the lab's functions may be deleted: by the prefix, or else by their names."""
    for prefix, count in (("anna-", 1), ("", len(FUNCTIONS))):
        statements = user_policy(replace(LAB, prefix=prefix))["Statement"]
        (own,) = (each for each in statements if "lambda:DeleteEventSourceMapping" in each["Action"])
        functions = own["Condition"]["ArnLike"]["lambda:FunctionArn"]
        assert len(functions) == count
        assert all(f":function:{prefix}" in each for each in functions)


def test_size() -> None:
    """IAM takes it with a prefix of 32 characters in every region that there is, and some more actions."""
    session = boto3.Session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("lambda", partition):
            lab = replace(LAB, partition=partition, region=region, prefix="x" * 32)
            assert len(canonical(user_policy(lab))) <= LIMIT - 400, region
