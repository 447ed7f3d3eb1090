"""Which functions are invoked, how many at once, and for how long."""

import json
import re
from pathlib import Path

import pytest

from tests.support.asynchronous import asynchronous
from tests.support.until import until
from tests.support.websocket_api import ERROR, FENCE, PATIENCE_S, TestApi, ask, event_of, opened, refused
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway import invocation
from wschat.local.gateway.invocation import raised_by
from wschat.local.gateway.responses import Problem, Result


def test_the_uri_must_be_that_of_an_invocation(clients: Cloud, mirror: str) -> None:
    """A bare function ARN, which is the HTTP API's form, ends with 500."""
    api = TestApi(clients)
    uri = clients.lab.arn("lambda", f"function:{mirror}")
    made = clients.api.create_integration(ApiId=api.id, IntegrationType="AWS_PROXY", IntegrationUri=uri)
    api.route("$connect", made["IntegrationId"])
    api.permit(mirror, "$connect")
    api.stage(api.deploy())
    assert refused(api.url)[0] == 500


def test_what_a_function_raised() -> None:
    """An error has a message, if it is Lambda's."""
    assert raised_by(b'{"errorMessage": "boom"}') == "boom"
    for other in (b"{}", b"[]", b"no JSON", b"[" * 100_000):
        assert raised_by(other) == ""


@asynchronous
async def test_what_ministack_itself_raises(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who waits for a function hears of it; why stands in the trace, and where in the lab's log."""

    async def break_down(*_: object) -> tuple[int, dict[str, str], bytes]:
        raise RuntimeError("a moment's weakness")

    monkeypatch.setattr(invocation, "handle_request", break_down)
    result = await invocation._call("shout", None, {})
    assert result == Result(
        Problem.REFUSED, "MiniStack fails to invoke shout: RuntimeError: a moment's weakness"
    )
    assert "in break_down" in caplog.text


def test_an_alias_that_does_not_exist(clients: Cloud, mirror: str) -> None:
    """A route to an alias that does not exist causes `Internal server error`, and the socket stays open."""
    api = TestApi(clients)
    api.route("gone", api.proxy(f"{mirror}:gone"))
    api.route("mock", api.mock())
    api.permit(mirror, "gone")
    api.stage(api.deploy())
    with opened(api.url) as client:
        client.send('{"action": "gone"}')
        assert re.fullmatch(ERROR % "Internal server error", str(client.recv(PATIENCE_S)))
        assert ask(client, FENCE) == "mocked"


ROLE = "invokes-functions"
TRUST = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}


def as_role(clients: Cloud, mirror: str, role: str = ROLE) -> TestApi:
    """Return an API that no function's policy lets in, and whose integration names a role."""
    api = TestApi(clients)
    made = api.proxy(mirror, CredentialsArn=f"arn:aws:iam::000000000000:role/{role}")
    for key in ("$connect", "echo"):
        api.route(key, made)
    api.stage(api.deploy())
    return api


def test_as_a_role(clients: Cloud, mirror: str) -> None:
    """API Gateway invokes a function as the role of the integration, which must trust it and be allowed to.

    The function's own policy need not let the route in then. What was wrong is right once it is changed.
    """
    api, iam = as_role(clients, mirror), clients.iam
    conditions = {
        "Null": {"aws:SourceArn": "true", "aws:SourceAccount": "true"},
        "StringEquals": {"aws:PrincipalType": "AssumedRole"},
    }
    other = {**TRUST, "Principal": {"Service": "lambda.amazonaws.com"}}
    allowed = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    assert refused(api.url)[0] == 500, "there is no such role"
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Statement": other}))
    iam.put_role_policy(RoleName=ROLE, PolicyName="p", PolicyDocument=json.dumps({"Statement": [allowed]}))
    assert refused(api.url)[0] == 500, "it trusts another"
    trusted = json.dumps({"Statement": {**TRUST, "Condition": conditions}})
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trusted)
    with opened(api.url) as client:
        assert ask(client, {"action": "echo"})["requestContext"]["routeKey"] == "echo"
        denied = [allowed, {**allowed, "Effect": "Deny"}]
        iam.put_role_policy(RoleName=ROLE, PolicyName="p", PolicyDocument=json.dumps({"Statement": denied}))
        assert ask(client, {"action": "echo"})["message"] == "Internal server error"
        iam.delete_role_policy(RoleName=ROLE, PolicyName="p")
        api.permit(mirror, "echo")
        assert ask(client, {"action": "echo"})["message"] == "Internal server error"


def test_stage_variables_in_a_uri(clients: Cloud, mirror: str) -> None:
    """A stage's variables name the function, and the role; what lacks leads nowhere, until it is set."""
    api = TestApi(clients)
    made = api.proxy(
        "${stageVariables.function}", CredentialsArn="arn:aws:iam::000000000000:${stageVariables.role}"
    )
    plain = api.proxy("${stageVariables.function}")
    api.route("plain", plain)
    api.route("echo", made)
    api.permit(mirror, "plain")
    api.stage(api.deploy(), StageVariables={"function": mirror, "role": "role/none"})
    with opened(api.url) as client:
        assert ask(client, {"action": "plain"})["stageVariables"]["function"] == mirror
        assert ask(client, {"action": "echo"})["message"] == "Internal server error"
        trust = json.dumps({"Statement": TRUST})
        named = clients.iam.create_role(RoleName="named", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        allowed = {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}
        document = json.dumps({"Statement": [allowed]})
        clients.iam.put_role_policy(RoleName="named", PolicyName="p", PolicyDocument=document)
        variables = {"role": named.rpartition(":")[2]}
        clients.api.update_stage(ApiId=api.id, StageName="test", StageVariables=variables)
        assert ask(client, {"action": "echo"})["requestContext"]["routeKey"] == "echo"
        clients.api.update_stage(ApiId=api.id, StageName="test", StageVariables={"function": ""})
        assert ask(client, {"action": "plain"})["message"] == "Internal server error"


def test_timeout(api: TestApi, tmp_path: Path) -> None:
    """A function that outlasts its integration's timeout causes `Endpoint request timed out`."""
    with opened(api.url) as client:
        client.send(json.dumps({"action": "slow", "wait": str(tmp_path / "it")}))
        assert re.fullmatch(ERROR % "Endpoint request timed out", str(client.recv(PATIENCE_S)))
        (tmp_path / "it.go").touch()
        assert ask(client, FENCE) == "mocked"


def test_calls_beyond_the_workers_wait(api: TestApi, tmp_path: Path) -> None:
    """Of one function eight calls run at once; the ninth waits for its turn, and none is lost."""
    place = tmp_path / "it"
    with opened(api.url) as client:
        for number in range(10):
            client.send(json.dumps({"action": "echo", "wait": str(place), "number": number}))
        until(lambda: place.exists() and len(place.read_text().splitlines()) >= 8)
        assert ask(client, FENCE) == "mocked"
        assert len(place.read_text().splitlines()) == 8
        Path(f"{place}.go").touch()
        bodies = [json.loads(json.loads(client.recv(PATIENCE_S))["body"]) for _ in range(10)]
    assert sorted(body["number"] for body in bodies) == list(range(10))


def test_logs(clients: Cloud, api: TestApi) -> None:
    """Every call is in CloudWatch Logs, with what the function printed."""
    with opened(api.url) as client:
        connection = ask(client, {"action": "echo", "text": "find me"})["requestContext"]["connectionId"]
    event = event_of(clients, "Mirror", connection, "MESSAGE")
    assert "find me" in event["body"]
    lines = [
        line["message"]
        for line in clients.logs.filter_log_events(logGroupName="/aws/lambda/Mirror")["events"]
    ]
    for kind in ("START RequestId: ", "END RequestId: ", "REPORT RequestId: "):
        assert any(line.startswith(kind) for line in lines)
