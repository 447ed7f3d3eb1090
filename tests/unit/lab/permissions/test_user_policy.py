"""The policy of a person who has one lab, or of each in a class; and the boundary of their roles."""

import re
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from tests.support.plane import permissions
from tests.support.plane.permissions import Need
from wschat.errors import UsageError
from wschat.lab.blueprint import FUNCTIONS, policy
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.lab import API, Lab
from wschat.lab.model.resource import canonical
from wschat.lab.permissions.user_policy import BOUNDED_PATH, LIMIT, boundary, prefix_of_each, user_policy

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
    mine = [resource for action, resource in granted(lab) if action != "iam:SimulatePrincipalPolicy"]
    names = {match[1].rstrip(":*") for resource in mine if (match := NAMED.search(resource))}
    functions = [spec.name for spec in FUNCTIONS]
    wanted = ["client-records", "room-messages-users", *functions, *(f"{each}Role" for each in functions)]
    assert names - {prefix} == {OWN_ROLE, *(f"{prefix}{name}" for name in wanted)}
    for kind in ("table", "role"):
        assert not any(f":{kind}/" in each and each.endswith("*") for each in mine)


def test_what_has_no_name() -> None:
    """A pattern stands only where AWS takes no ARN, or chooses an id itself."""
    granted_ = ((action, resource) for action, resource in granted(LAB) if "anna-" not in resource)
    patterns = {(action, resource) for action, resource in granted_ if "*" in resource}
    gateway = "arn:aws:apigateway:eu-central-1::"
    assert patterns == {
        ("lambda:GetAccountSettings", "*"),
        *(
            ("iam:SimulatePrincipalPolicy", f"arn:aws:iam::123456789012:{each}/*")
            for each in ("role", "user")
        ),
        ("lambda:ListEventSourceMappings", "*"),
        (
            "lambda:DeleteEventSourceMapping",
            "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:*",
        ),
        ("logs:DescribeLogGroups", "*"),
        ("cloudwatch:GetMetricData", "*"),
        ("iam:GetAccountSummary", "*"),
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
    bounded = Choices(boundary="arn:aws:iam::123456789012:policy/b", path=BOUNDED_PATH)
    for prefix, choices, count in (
        ("anna-", Choices(), 1),
        ("anna-", bounded, 1),
        ("", Choices(), len(FUNCTIONS)),
    ):
        statements = user_policy(replace(LAB, prefix=prefix, choices=choices))["Statement"]
        (own,) = (each for each in statements if "lambda:DeleteEventSourceMapping" in each["Action"])
        functions = own["Condition"]["ArnLike"]["lambda:FunctionArn"]
        assert len(functions) == count
        assert all(f":function:{prefix}" in each for each in functions)


def test_size() -> None:
    """IAM takes it with a prefix of 32 characters in every region that there is, and some more actions.

    So it does for a class, by a tag whose key has 16, under a boundary whose name has 32.
    """
    session, name = boto3.Session(), "x" * 32
    for partition in session.get_available_partitions():
        arn = f"arn:{partition}:iam::123456789012:policy/{name}"
        bounded = Choices(boundary=arn, path=BOUNDED_PATH)
        for region in session.get_available_regions("lambda", partition):
            lab = replace(LAB, partition=partition, region=region, prefix=name)
            assert len(canonical(user_policy(lab))) <= LIMIT - 400, region
            lab = replace(lab, prefix=prefix_of_each("x" * 16), choices=bounded)
            assert len(canonical(user_policy(lab))) <= LIMIT, region
            assert len(canonical(boundary(replace(lab, prefix="")))) <= LIMIT / 2, region
    with pytest.raises(UsageError) as error:
        user_policy(replace(lab, prefix=""))
    assert "give a prefix" in error.value.hint


NAMES = {
    "dynamodb:CreateTable": "arn:aws:dynamodb:eu-central-1:123456789012:table/{}client-records",
    "iam:CreateRole": "arn:aws:iam::123456789012:role/{}ConnectRole",
    "iam:DeleteRole": "arn:aws:iam::123456789012:role/{}JoinRoomRole",
    "lambda:UpdateFunctionCode": "arn:aws:lambda:eu-central-1:123456789012:function:{}Connect",
    "logs:TagResource": "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/{}Connect",
}
ANNA = {"aws:username": "anna", "aws:PrincipalTag/student": "a1"}


def classmate(action: str, on: str, who: dict[str, str], tag: str | None = None) -> bool:
    """Tell whether somebody of a class may do something."""
    document = user_policy(replace(LAB, prefix=prefix_of_each(tag)))
    return bool(permissions.granted(document, Need(action, on, who)))


@pytest.mark.parametrize(("action", "on"), NAMES.items())
def test_a_class(action: str, on: str) -> None:
    """One policy lets each at what has their own name, of their user or their tag, and at no other's."""
    for tag, mine in ((None, "anna-"), ("student", "a1-")):
        assert classmate(action, on.format(mine), ANNA, tag)
        assert not classmate(action, on.format(""), ANNA, tag)
        assert not classmate(action, on.format("bob-"), ANNA, tag)
        assert not classmate(action, on.format("-"), {}, tag), "who has no such name, has nothing"


def test_apis_of_a_class() -> None:
    """An API's id holds no name, so each may change the others', as the documents say."""
    api = "arn:aws:apigateway:eu-central-1::/apis/bobs-api/routes/r1"
    assert classmate("apigateway:DELETE", api, ANNA)


def test_boundary() -> None:
    """All that the functions' policies say is within it, of each lab or of one; and nothing of IAM is."""
    for lab in (LAB, replace(LAB, prefix="bob-")):
        for spec in FUNCTIONS:
            for each in policy(lab, spec)["Statement"]:
                for action in each["Action"]:
                    need = Need(action, each["Resource"].replace(API, "a1b2"))
                    assert permissions.granted(boundary(replace(lab, prefix="")), need), need
                    assert bool(permissions.granted(boundary(LAB), need)) is (
                        lab == LAB or "execute-api" in action
                    )
    services = {action.partition(":")[0] for each in boundary(LAB)["Statement"] for action in each["Action"]}
    assert services == {"dynamodb", "execute-api", "logs"}
