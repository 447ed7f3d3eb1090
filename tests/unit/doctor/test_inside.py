"""What is seen from inside: differences, logs, permissions; what may not be looked at is a line."""

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.studies.account import Account
from tests.studies.drift.cases import OTHER_ZIP
from tests.support.labs import provision
from tests.support.plane.embedded import Embedded
from tests.support.refusing import refuse
from wschat.doctor import inside
from wschat.doctor.drifted import POST
from wschat.doctor.findings import Suspicion
from wschat.doctor.metrics import Counts
from wschat.doctor.visit import Try, Visit
from wschat.lab.aws.cloud import Cloud
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.model.lab import TAG
from wschat.protocol.symptoms import Symptom

NOW = 1_800_000_000.0
FAILING = Visit((Try("join", 0.1, "Internal server error", Symptom.FAILED, "join"),))


@pytest.fixture(scope="module")
def lab(embedded: Embedded) -> Cloud:
    """A lab that stands."""
    cloud = Account(embedded).lab()
    provision(cloud)
    return cloud


def suspected(cloud: Cloud, visit: Visit = FAILING, url: str = "") -> list[Suspicion]:
    account = inside.look(cloud, url)
    counts = inside.counted(cloud, account, NOW)
    return [*inside.suspicions(cloud, account, visit, counts, NOW)]


def test_a_lab_that_is_well(lab: Cloud) -> None:
    """Nothing is suspected, and it is known where it is and who is connected."""
    account = inside.look(lab, "")
    assert account.url.startswith("ws")
    assert not account.signed
    assert not account.steps
    assert account.others == 0
    assert suspected(lab) == []


def test_what_differs(lab: Cloud) -> None:
    """What was changed by hand is suspected, with where and what."""
    name = lab.lab.name("JoinRoom")
    lab.functions.update_function_configuration(FunctionName=name, Handler="index.handler")
    lab.clock.sleep(10)
    (found,) = suspected(lab)
    assert (found.cause.name, found.routes) == ("wrong-handler", frozenset({"join", "join-room"}))
    assert found.evidence[0].startswith(f"function {name}; handler: is index.handler, should be ")
    elsewhere, cloud = "ws://127.0.0.1:9/_aws/execute-api/x/development", replace(lab, notes={})
    assert [each.cause.name for each in suspected(cloud, url=elsewhere)] == ["other-api"], "it is another lab"
    assert [*cloud.notes] == [inside.ELSEWHERE.format(elsewhere)]


def test_how_long_logs_take(lab: Cloud) -> None:
    """Where something failed, the logs are waited for, as AWS shows them late; else they are not."""
    spent = list[bool]()
    for visit in (FAILING, Visit()):
        began = lab.clock.now()
        account = inside.look(lab, "")
        looked = lab.clock.now() - began
        [*inside.suspicions(lab, account, visit, Counts(), NOW)]
        spent.append(lab.clock.now() - began - looked >= lab.pacing.log_lag)
    assert spent == [True, False]


def test_somebodys_own_code(lab: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function without the lab's tag may be somebody else's; what its code returns may be at fault.

    A stage that is one too many has no tag either, and is no more than that.
    """
    name, api = (
        lab.lab.name("LeaveRoom"),
        inside.look(lab, "").actual.ids["API", lab.lab.name("chatroom-websocket")],
    )
    lab.functions.update_function_code(FunctionName=name, ZipFile=OTHER_ZIP)
    lab.clock.sleep(10)
    lab.functions.untag_resource(Resource=lab.lab.arn("lambda", f"function:{name}"), TagKeys=[TAG])
    lab.api.create_stage(ApiId=api, StageName="extra")
    lab.clock.sleep(10)
    found = {each.cause.name: each for each in suspected(lab, FAILING)}
    assert found["somebody-elses"].evidence == (f"function {name} has no tag of it",)
    assert found["bad-return"].routes == {"leave", "leave-room"}
    assert not found["bad-return"].alone
    refuse(monkeypatch, lab.logs, "filter_log_events")
    names = [each.cause.name for each in suspected(replace(lab, notes={}), FAILING)]
    assert "bad-return" not in names, "nobody has seen its log"


def test_the_lab_that_is_meant(lab: Cloud) -> None:
    """The URL of a lab of another prefix leads to that; of an API that is no lab's, to a graph of that."""
    url, other = inside.look(lab, "").url, replace(lab, lab=replace(lab.lab, prefix=""))
    assert inside.meant(other, url).lab == lab.lab
    assert inside.look(lab, url).graph is None
    own = lab.api.create_api(Name="own", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.x")
    url = lab.lab.url(own["ApiId"], "dev")
    lab.clock.sleep(10)
    assert inside.meant(other, url) is other
    account = inside.look(other, url)
    assert (account.graph and account.graph.id, account.others) == (own["ApiId"], None)
    assert [each.cause.name for each in suspected(other, url=url)] == ["no-stage"]


def simulate(decisions: dict[str, str], ActionNames: list[str], **_: Any) -> Any:  # noqa: ANN401, N803  boto3's
    """Answer as IAM's simulation does that decides so of these actions, and allows others."""
    told = {each: decisions.get(each, "allowed") for each in ActionNames}
    return {"EvaluationResults": [{"EvalActionName": a, "EvalDecision": d} for a, d in told.items()]}


def simulated(cloud: Cloud, visit: Visit) -> set[tuple[str, str]]:
    """Return the causes that the simulation shows, each with a route."""
    return {
        (each.cause.name, route)
        for each in suspected(replace(cloud, notes={}), visit)
        for route in each.routes
        if each.evidence[0].startswith("IAM's simulation: ")
    }


def test_what_roles_may_not_do(lab: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of functions that are not well, what IAM's simulation says is no; a Deny is another cause."""
    decisions = {POST: "implicitDeny", "dynamodb:GetItem": "explicitDeny"}
    monkeypatch.setattr(lab.iam, "simulate_principal_policy", partial(simulate, decisions))
    joins = Visit(tuple(Try(route, 0.1, route=route) for route in ("join", "join-room")))
    for visit, fails in ((FAILING, True), (joins, False)):
        told = simulated(lab, visit)
        assert ("may-not-post", "message") in told
        assert (("denied", "join") in told) is fails


def test_a_role_that_was_changed(lab: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Deny that somebody put into a role is found, though its function refuses what it should."""
    monkeypatch.setattr(lab.iam, "simulate_principal_policy", partial(simulate, {POST: "explicitDeny"}))
    well = Visit(tuple(Try(route, 0.1, route=route) for spec in FUNCTIONS for route in spec.routes))
    assert simulated(lab, well) == set()
    deny = {"Effect": "Deny", "Action": POST, "Resource": "*"}
    own = {"RoleName": lab.lab.name("SendMessageRole"), "PolicyName": "stop"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    lab.iam.put_role_policy(**own, PolicyDocument=document)
    lab.clock.sleep(20)
    assert simulated(lab, well) == {("denied", "message"), ("denied", "dispatch")}
    lab.iam.delete_role_policy(**own)
    lab.clock.sleep(20)


def test_nothing_there(embedded: Embedded) -> None:
    """Where there is no lab, that is it."""
    assert [each.cause.name for each in suspected(Account(embedded).lab())] == ["no-lab"]


@pytest.mark.parametrize(
    ("client", "operation", "told"),
    [
        ("logs", "filter_log_events", "the functions' logs"),
        ("functions", "get_account_settings", "the account's limits"),
        ("iam", "simulate_principal_policy", "what the roles may do"),
        ("metrics", "get_metric_data", "metrics"),
        ("iam", "get_account_summary", "how many roles there may be"),
        ("dynamodb", "scan", "who is connected"),
    ],
)
def test_what_may_not_be_looked_at(
    lab: Cloud, monkeypatch: pytest.MonkeyPatch, client: str, operation: str, told: str
) -> None:
    """A refusal costs one line, and all else is looked at."""
    cloud = replace(lab, notes={})
    refuse(monkeypatch, getattr(cloud, client), operation)
    suspected(cloud)
    (note,) = cloud.notes
    assert told in note
