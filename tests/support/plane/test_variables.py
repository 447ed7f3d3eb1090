"""Policy variables get the request's values, or their defaults; without either a statement grants nothing."""

from typing import Any

from tests.support.plane.permissions import Need, granted
from tests.support.plane.variables import resolved

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/"


def allow(resource: str, version: str = "2012-10-17", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    statement = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": f"{TABLE}{resource}", **more}
    return {"Version": version, "Statement": [statement]}


def may(policy: dict[str, Any], table: str, **keys: str) -> bool:
    context = {name.replace("_", ":", 1): value for name, value in keys.items()}
    return bool(granted(policy, Need("dynamodb:GetItem", f"{TABLE}{table}", context)))


def test_values() -> None:
    """A value stands for itself, whatever the case of the key, and within a condition as well."""
    policy = allow("${aws:UserName}-x")
    assert may(policy, "anna-x", aws_username="anna")
    assert not may(policy, "bob-x", aws_username="anna")
    asked = allow("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}})
    assert may(asked, "x", aws_username="anna", **{"aws_PrincipalTag/team": "anna"})
    assert not may(asked, "x", aws_username="anna", **{"aws_PrincipalTag/team": "bob"})


def test_no_value() -> None:
    """Without a value the statement grants nothing, not even by its other resources; a default helps."""
    policy = allow("${aws:username}-x")
    policy["Statement"][0]["Resource"] = [policy["Statement"][0]["Resource"], f"{TABLE}y"]
    assert not may(policy, "y")
    assert may(policy, "y", aws_username="anna")
    assert may(allow("${aws:username, 'all'}-x"), "all-x")


def test_no_variables() -> None:
    """A lone dollar is one, and an older version of policies knows no variables."""
    assert resolved(allow("$connect"), {}) == allow("$connect")
    assert not may(allow("${aws:username}", "2008-10-17"), "anna", aws_username="anna")
