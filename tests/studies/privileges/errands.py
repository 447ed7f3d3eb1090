"""What a person does with a lab, and which grants of the policy each of it needs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from websockets.sync.client import connect as connect_websocket

from tests.studies.drift.cases import CASES, MISSING, THE_API, TOO_MUCH
from tests.studies.drift.hand import Do, Hand, do
from tests.studies.drift.unset import MENDED, QUEUE
from tests.studies.privileges.desk import PASSING, STANDING, Desk
from tests.studies.privileges.grants import Grant, of_a_person, proofs
from tests.support.labs import lab_of
from wschat.doctor import inside, quotas
from wschat.lab import engine, inventory
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.aws.signing import LONGEST_URL, _sign
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, STAGE
from wschat.lab.executor import execute
from wschat.lab.model.actual import Actual
from wschat.lab.permissions import preflight
from wschat.learn.observe.observe import observe
from wschat.learn.observe.scene import Scene

SPECS = {spec.name: spec for spec in FUNCTIONS}
SOME_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
BY_HAND = {(case.resource, case.attribute): case.by_hand for case in (*MENDED, *CASES)}
Act = Callable[[Desk], None]


@dataclass(frozen=True)
class Errand:
    """One thing that a person does, and the grants of which it needs every single one.

    `before` is what root did before it, `run` what the person does. A grant is an action, with ` on ` and
    the words of the permit where several permits have it. `prefix` tells the lab that it is about.
    """

    name: str
    needs: tuple[str, ...]
    before: Act
    run: Act
    prefix: str = STANDING


USES: list[Errand] = []


def errand(name: str, *needs: str) -> Callable[[Act], Act]:
    """Note what the person does."""

    def note(run: Act) -> Act:
        USES.append(Errand(name, needs, lambda _: None, run))
        return run

    return note


@errand(
    "look at the lab",
    *("dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource"),
    *("iam:GetRole", "iam:GetRolePolicy", "lambda:GetFunction", "lambda:GetPolicy", "lambda:ListTags"),
    *("lambda:ListFunctionUrlConfigs", "lambda:ListEventSourceMappings"),
    *("logs:DescribeLogGroups", "logs:ListTagsForResource"),
    *("apigateway:GET on `/apis`", "apigateway:GET on `/apis/*`"),
)
def _look(desk: Desk) -> None:
    assert engine.drift(desk.mine, inventory.look(desk.mine)) == ()


@errand("ask how many functions may run at once", "lambda:GetAccountSettings")
def _concurrency(desk: Desk) -> None:
    engine.concurrency(desk.mine)


@errand("ask what AWS would refuse", "iam:SimulatePrincipalPolicy")
def _simulate(desk: Desk) -> None:
    preflight.check_allowed(desk.mine, engine.drift(desk.mine, Actual()))


@errand(
    "see what failed or was throttled, and which quota is used up",
    *("cloudwatch:GetMetricData", "iam:GetAccountSummary"),
)
def _metrics(desk: Desk) -> None:
    counts = inside.counted(desk.mine, inside.look(desk.mine, ""), time.time())
    assert not [*quotas.suspicions(desk.mine, counts, quotas.Crowd())]
    assert not desk.mine.notes


@errand("read a log", "logs:FilterLogEvents")
def _read_log(desk: Desk) -> None:
    group = log_group_of(desk.mine.lab.name(SPECS["Connect"].name))
    assert "events" in desk.mine.logs.filter_log_events(logGroupName=group)


@errand("see what is in a table", "dynamodb:Scan")
def _see_items(desk: Desk) -> None:
    observe(_scene(desk), f"items {CLIENTS}", lambda _: None)


@errand("see what a function answers", "lambda:InvokeFunction")
def _see_answer(desk: Desk) -> None:
    observe(_scene(desk), "invoke Connect", lambda _: None)


def _scene(desk: Desk) -> Scene:
    def nothing(*_: object) -> Any:  # noqa: ANN401  nobody asks
        raise AssertionError

    return Scene(desk.mine, nothing, nothing, nothing)


@errand("connect, to chat", "execute-api:Invoke")
def _connect(desk: Desk) -> None:
    credentials = desk.session.get_credentials()
    assert credentials
    signed = _sign(desk.url, credentials.get_frozen_credentials(), desk.mine.lab.region, LONGEST_URL)
    with connect_websocket(signed.url, proxy=None):
        pass


@errand("tag the stage", "apigateway:PUT on `/tags/*`")
def _tag(desk: Desk) -> None:
    lab, api_id = desk.mine.lab, desk.url.split("/")[-2]
    stage = f"arn:aws:apigateway:{lab.region}::/apis/{api_id}/stages/{STAGE}"
    desk.mine.api.tag_resource(ResourceArn=stage, Tags=lab.tags)


def heal(name: str, resource: str, change: str | Do, *needs: str, unlink: bool = False) -> Errand:
    """Return an errand after somebody has changed the lab by hand: the person provisions it again.

    `change` is one call, or the attribute that the case of drift changes.
    """
    by_hand = (change,) if isinstance(change, Do) else BY_HAND[resource, change]

    def spoil(desk: Desk) -> None:
        hand = Hand(desk.root)
        for call in by_hand:
            hand.change(resource, call)
        if unlink:
            desk.plane.unlink()

    return Errand(name, needs, spoil, Desk.provision)


HEALS = (
    heal(
        "make a table again",
        "table client-records",
        MISSING,
        *("dynamodb:CreateTable", "dynamodb:TagResource", "dynamodb:UpdateTimeToLive"),
    ),
    heal("mend a table's billing", "table room-messages-users", "billing", "dynamodb:UpdateTable"),
    heal(
        "make a role again",
        "role CreateRoomRole",
        MISSING,
        *("iam:CreateRole", "iam:TagRole", "iam:PutRolePolicy", "iam:PassRole"),
    ),
    heal("mend a role's trust", "role ConnectRole", "trust", "iam:UpdateAssumeRolePolicy"),
    heal(
        "make a function again",
        "function Disconnect",
        MISSING,
        *("lambda:CreateFunction", "lambda:TagResource", "lambda:AddPermission"),
    ),
    heal("mend a function's code", "function Connect", "code", "lambda:UpdateFunctionCode"),
    heal("mend a function's settings", "function LeaveRoom", "timeout", "lambda:UpdateFunctionConfiguration"),
    heal(
        "let functions run again",
        "function Connect",
        "reserved_concurrency",
        "lambda:DeleteFunctionConcurrency",
    ),
    heal("take a function's URL away", "function SendMessage", "urls", "lambda:DeleteFunctionUrlConfig"),
    heal(
        "take a log group's protection away",
        "log group Connect",
        "deletion_protection",
        "logs:PutLogGroupDeletionProtection",
    ),
    heal("mend a permission", "permission JoinRoom:join", "principal", "lambda:RemovePermission"),
    heal(  # of a function which nothing here invokes: a late line would make it again
        "make a log group again",
        "log group RegisterUser",
        MISSING,
        *("logs:CreateLogGroup", "logs:TagResource", "logs:PutRetentionPolicy"),
    ),
    heal("make a route again", "route register", MISSING, "apigateway:POST on `/apis/*`"),
    heal("mend a route", "route join", "integration", "apigateway:PATCH on `/apis/*`"),
    heal("remove a route that somebody added", "route extra", TOO_MUCH, "apigateway:DELETE on `/apis/*`"),
    heal(
        "make the API again",
        THE_API,
        do("DeleteApi"),
        *("apigateway:POST on `/apis`", "apigateway:TagResource on `/apis`, `/apis/*`"),
    ),
    heal(
        "make the first API of an account",
        THE_API,
        do("DeleteApi"),
        "iam:CreateServiceLinkedRole",
        unlink=True,
    ),
)
"""The last two take the API away, and with it what those before did to its parts."""


def teardown(name: str, needs: tuple[str, ...], *left: str, by_hand: Do | None = None) -> Errand:
    """Return an errand after a provision was stopped that had made some parts: the person tears them down."""

    def leave(desk: Desk) -> None:
        cloud = lab_of(desk.root, prefix=PASSING)
        steps = [step for step in engine.plan_up(cloud, Actual()) if step.resource.name in left]
        assert len(steps) >= len(left)
        list(execute(cloud, steps, Actual()))
        if by_hand:
            Hand(cloud).change("", by_hand)

    return Errand(name, needs, leave, Desk.tear_down, PASSING)


TEARDOWNS = (
    teardown("tear down a table", ("dynamodb:DeleteTable",), f"{PASSING}{CLIENTS}"),
    teardown(
        "tear down a role that somebody gave a policy",
        (
            *("iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:ListRolePolicies"),
            *("iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole"),
        ),
        f"{PASSING}ConnectRole",
        by_hand=do("AttachRolePolicy", "role ConnectRole", PolicyArn=SOME_POLICY),
    ),
    teardown(
        "tear down a function",
        ("lambda:DeleteFunction",),
        f"{PASSING}RegisterUserRole",
        f"{PASSING}RegisterUser",
    ),
    teardown(
        "tear down a function that something else calls",
        ("lambda:DeleteEventSourceMapping",),
        f"{PASSING}RegisterUserRole",
        f"{PASSING}RegisterUser",
        by_hand=do("CreateEventSourceMapping", "function RegisterUser", EventSourceArn=QUEUE),
    ),
    teardown("tear down a log group", ("logs:DeleteLogGroup",), f"/aws/lambda/{PASSING}Connect"),
)
ERRANDS = (*USES, *HEALS, *TEARDOWNS)


def proofs_of_a_person() -> dict[Grant, Errand]:
    """Return for each grant that an errand claims to need that errand."""
    named = {name: grant for grant in of_a_person() for name in (str(grant), grant.action)}
    return proofs((each, [named[need] for need in each.needs]) for each in ERRANDS)
