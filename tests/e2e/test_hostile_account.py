"""What stands in an account may be anything: it must not steer the terminal, nor end the run."""

from dataclasses import replace

import boto3
import pytest

from wschat.cli import report
from wschat.cli.aws import Steps
from wschat.cli.console import stderr
from wschat.errors import AccessError
from wschat.lab import engine, labs
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.routes import Route
from wschat.lab.aws.websocket_api import Deployment
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Phase, Progress, Step, Verb

EVIL = "\x1b]0;mine\x07\x1b[31m[bold]x[/]\x9b31m\u202e\nfake"
SPARE = [
    Step(Verb.DELETE, Deployment(name=EVIL)),
    Step(Verb.DELETE, Route(name=EVIL, integration="x", two_way=False)),
]


def test_names_steer_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Names that somebody chose appear in a plan, a status and a step without their controls."""
    actual = Actual(
        resources={step.resource.key: step.resource for step in SPARE}, unmanaged=(SPARE[0].resource,)
    )
    report.show_plan(SPARE, stderr())
    report.show_status([], SPARE, actual)
    for ends in (Phase.DONE, Phase.FAILED, Phase.GIVEN_UP, Phase.STOPPED):
        told = [Progress(step, phase) for step in SPARE for phase in (Phase.BEGUN, ends)]
        Steps({}).show(progress for progress in told)
    seen = "".join(capsys.readouterr())
    assert seen.count("[bold]x[/]") == len(SPARE) * 6 + 1
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(seen)
    assert "\nfake" not in seen


def test_a_name_that_no_lab_can_have(cloud: Cloud) -> None:
    """Looking for all labs passes over somebody's API whose name would make a prefix that AWS refuses."""
    name = f"{EVIL}chatroom-websocket"
    made = cloud.api.create_api(Name=name, ProtocolType="WEBSOCKET", RouteSelectionExpression="$x")
    try:
        assert EVIL not in {each.lab.prefix for each, _ in labs.find(cloud)[0]}
    finally:
        cloud.api.delete_api(ApiId=made["ApiId"])


def test_limits_refused(cloud: Cloud) -> None:
    """Whom AWS does not know is told so where the account's limits are asked for, as of any other call."""
    stranger = boto3.Session(aws_access_key_id="nobody", aws_secret_access_key="x", region_name="us-east-1")
    functions = stranger.client("lambda", endpoint_url=cloud.lab.endpoint)
    with pytest.raises(AccessError) as refused:
        engine.concurrency(replace(cloud, functions=functions))
    assert refused.value.where == "the account's limits"
