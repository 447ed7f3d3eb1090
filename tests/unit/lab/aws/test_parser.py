"""Answers that are not in the form of the service's model, as they come over the wire."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from tests.support.plane.inside import session
from tests.support.plane.wire import Answer as Wire
from wschat.lab.attributes.answers import MISSING, Unknown
from wschat.lab.aws.parser import read_tolerantly


def client(service: str, body: str, status: int = 200) -> Any:  # noqa: ANN401
    """Return a client that is always answered so."""
    answering: Any = session(lambda _: Wire(status, {}, body.encode()), signed=False)
    read_tolerantly(answering)
    return answering.client(service, endpoint_url="http://127.0.0.1:9")


def function(**configuration: object) -> Any:  # noqa: ANN401
    """Return what is read of a function's configuration."""
    body = json.dumps({"Configuration": configuration})
    return client("lambda", body).get_function(FunctionName="x")["Configuration"]


@pytest.mark.parametrize(
    ("name", "sent", "read"),
    [
        ("Layers", [{"CodeSize": True}], [{"CodeSize": Unknown("true")}]),
        ("SnapStart", {"ApplyOn": True}, {"ApplyOn": Unknown("true")}),
        ("MemorySize", 128, 128),
        ("MemorySize", "128", 128),
        ("MemorySize", "much", Unknown("much")),
        ("MemorySize", [128], Unknown("[128]")),
        ("Handler", 7, Unknown("7")),
        ("Handler", {"a": 1}, Unknown('{"a": 1}')),
        ("Handler", None, MISSING),
        ("Architectures", "arm64", Unknown("arm64")),
        ("Architectures", [None, "arm64", 7], [MISSING, "arm64", Unknown("7")]),
        ("Environment", [], Unknown("[]")),
        ("Environment", {"Variables": {"A": 1, "B": None}}, {"Variables": {"A": Unknown("1"), "B": MISSING}}),
        ("VpcConfig", "x", Unknown("x")),
    ],
)
def test_each_value_is_of_its_type(name: str, sent: object, read: object) -> None:
    """A number may stand in a text; else what is of another type is unknown, and the rest is read."""
    found = function(**{name: sent, "Timeout": 3})
    assert (found[name], found["Timeout"]) == (read, 3)
    assert type(found[name]) is type(read) or isinstance(found[name], dict)


def test_numbers_of_json() -> None:
    """The other protocol of AWS's that is in JSON has numbers that stand in texts, too; no truth is one."""
    groups = [{"creationTime": "-7", "retentionInDays": True, "storedBytes": 1.5}]
    (found,) = client("logs", json.dumps({"logGroups": groups})).describe_log_groups()["logGroups"]
    assert found == {"creationTime": -7, "retentionInDays": Unknown("true"), "storedBytes": Unknown("1.5")}


TIMES: dict[str, Callable[[object], Any]] = {
    "2026-09-25T00:01:06.123456789Z": lambda moment: isinstance(moment, datetime),
    "the other day": lambda moment: moment == Unknown("the other day"),
    "9" * 30: lambda moment: isinstance(moment, Unknown),
}


@pytest.mark.parametrize("sent", TIMES)
def test_times(sent: str) -> None:
    """A time that can't be read leaves the rest; in JSON as in XML."""
    table = client("dynamodb", json.dumps({"Table": {"TableName": "x", "CreationDateTime": sent}}))
    assert TIMES[sent](table.describe_table(TableName="x")["Table"]["CreationDateTime"])
    role = f"<RoleName>x</RoleName><CreateDate>{sent}</CreateDate><MaxSessionDuration>a</MaxSessionDuration>"
    iam = client("iam", f"<R><GetRoleResult><Role>{role}</Role></GetRoleResult></R>")
    found = iam.get_role(RoleName="x")["Role"]
    assert TIMES[sent](found["CreateDate"])
    assert (found["RoleName"], found["MaxSessionDuration"]) == ("x", Unknown("a"))


@pytest.mark.parametrize("body", ["[]", "7", '"x"', "[[]]"])
def test_no_answer_at_all(body: str) -> None:
    """What is no object is no answer of AWS's: a proxy's, for which botocore has an error."""
    with pytest.raises(ResponseParserError):
        client("dynamodb", body).describe_table(TableName="x")


@pytest.mark.parametrize("told", [None, 7, ["x"], {"a": 1}])
def test_refusals(told: object) -> None:
    """A refusal's code and text may be anything, too."""
    body = json.dumps({"__type": "X", "code": told, "message": told, "Message": told})
    with pytest.raises(ClientError):
        client("apigatewayv2", body, 400).get_api(ApiId="x")


@pytest.mark.parametrize(("sent", "read"), [(True, True), ("true", True), ("x", "x"), (7, "7"), ([], "[]")])
def test_truths(sent: object, read: object) -> None:
    """What botocore would take for false, as it is not `true`, is unknown."""
    body = json.dumps({"items": [{"disableExecuteApiEndpoint": sent}]})
    (api,) = client("apigatewayv2", body).get_apis()["Items"]
    assert api["DisableExecuteApiEndpoint"] == read
