"""What differences may be the cause of: the kind, the attribute, and the routes that go through it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from wschat.doctor.causes import BY_NAME
from wschat.doctor.drifted import CAUSED, EXTRA, MISSING, spoiled, suspicions
from wschat.lab.aws import KINDS
from wschat.lab.blueprint import FUNCTIONS, blueprint
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource, canonical
from wschat.lab.plan import Step, Verb

LAB = Lab(account="0" * 12, region="us-east-1", prefix="x-")
DESIRED = {f"{each.kind} {each.name}": each for each in blueprint(LAB)}


def caused(resource: str, **found: Any) -> tuple[str, frozenset[str], str]:  # noqa: ANN401  attributes
    wanted = DESIRED[resource]
    step = Step(Verb.UPDATE, wanted, replace(wanted, **found))
    (told,) = suspicions(LAB, [step])
    return told.cause.name, told.routes, told.evidence[0]


def test_the_table() -> None:
    """Each kind, attribute and cause of the table exists."""
    for kind, attributes in CAUSED.items():
        assert {*attributes} - {MISSING, EXTRA} <= KINDS[kind].defaults().keys()
        assert {*attributes.values()} <= BY_NAME.keys()


@pytest.mark.parametrize(
    ("resource", "found", "cause", "routes"),
    [
        ("table x-client-records", {"partition_key": "id"}, "wrong-key", None),
        ("role x-JoinRoomRole", {"boundary": "arn"}, "denied", {"join", "join-room"}),
        ("function x-Connect", {"handler": "index.handler"}, "wrong-handler", {"$connect"}),
        ("function x-Connect", {"role": "x-ConnectRole, which was deleted"}, "cannot-assume", {"$connect"}),
        ("function x-Connect", {"description": "mine"}, "differs", {"$connect"}),
        ("permission x-SendMessage:message", {"source": "arn"}, "no-permission", {"message"}),
        ("permission x-Connect:connect", {"source": "arn"}, "no-permission", {"$connect"}),
        ("integration ping", {"request": None}, "wrong-integration", {"ping"}),
        ("route $connect", {"authorization": "AWS_IAM"}, "signs-by-hand", {"$connect"}),
        ("route $connect", {"authorization": "CUSTOM"}, "authorizer", {"$connect"}),
        ("route join", {"two_way": False}, "no-route-response", {"join"}),
        ("route $disconnect", {"two_way": True}, "differs", {"$disconnect"}),
        ("stage development", {"deployment": "other"}, "old-deployment", None),
        ("stage development", {"deployment": None}, "nothing-deployed", None),
    ],
)
def test_attributes(resource: str, found: dict[str, Any], cause: str, routes: set[str] | None) -> None:
    """An attribute that differs leads to its cause, and says so in words; None is every route."""
    name, spoils, evidence = caused(resource, **found)
    everything = {route for spec in FUNCTIONS for route in spec.routes}
    assert name == cause
    assert spoils == (routes if routes is not None else everything if "table" in resource else set())
    assert evidence.startswith(f"{resource}; {next(iter(found))}: ")


def test_an_environment() -> None:
    """The address that it posts to is one thing, all other variables another."""
    wanted: Any = DESIRED["function x-SendMessage"]
    for variable, cause in (("MANAGEMENT_URL", "posts-elsewhere"), ("CLIENT_RECORDS", "wrong-environment")):
        environment = tuple((key, "x" if key == variable else value) for key, value in wanted.environment)
        assert caused("function x-SendMessage", environment=environment)[0] == cause


def test_a_policy() -> None:
    """A policy that lacks the posts, one that lacks more, and one that has too much."""
    wanted: Any = DESIRED["policy x-SendMessageRole"]
    logs, clients, rooms, posts = json.loads(wanted.document)["Statement"]
    for statements, cause in (
        ([logs, clients, rooms], "may-not-post"),
        ([logs, posts], "lacks-permission"),
        (
            [logs, clients, rooms, posts, {"Effect": "Allow", "Action": "*", "Resource": "*"}],
            "too-much-allowed",
        ),
        ([{"Effect": "Allow", "Action": "*", "Resource": "*"}], "too-much-allowed"),
    ):
        document = canonical({"Version": "2012-10-17", "Statement": statements})
        assert caused("policy x-SendMessageRole", document=document)[0] == cause


def test_missing_and_too_much() -> None:
    """What is missing, and what is one too many, each with the routes that it matters to."""
    missing, extra = DESIRED["route message"], DESIRED["permission x-JoinRoom:join"]
    steps = [Step(Verb.CREATE, missing), Step(Verb.DELETE, extra, extra)]
    told = [*suspicions(LAB, steps)]
    assert [(each.cause.name, each.routes, each.evidence[0]) for each in told] == [
        ("no-route", frozenset({"message"}), "route message is missing"),
        ("open-door", frozenset({"join"}), "permission x-JoinRoom:join is one too many"),
    ]


def test_a_policy_that_is_not_read() -> None:
    """It may deny something, where something fails; it is more than is needed in any case."""
    wanted: Any = DESIRED["role x-JoinRoomRole"]
    told = suspicions(LAB, [Step(Verb.UPDATE, wanted, replace(wanted, attached=("arn",)))])
    assert [(each.cause.name, each.alone) for each in told] == [("denied", False), ("too-much-allowed", True)]


def test_what_goes_with_something_else() -> None:
    """Who deletes a function deletes its permissions, and is told of the function alone."""
    gone = (
        "function x-Connect",
        "permission x-Connect:connect",
        "role x-JoinRoomRole",
        "policy x-JoinRoomRole",
    )
    told = suspicions(LAB, [Step(Verb.CREATE, DESIRED[each]) for each in gone])
    assert [each.cause.name for each in told] == ["no-function", "cannot-assume"]


def test_what_is_served_follows() -> None:
    """Where routes differ, the deployment differs with them: that is a fact only where they do not."""
    stage: Any = DESIRED["stage development"]
    served: Any = next(each for each in DESIRED.values() if each.kind == "deployment")
    other = replace(served, name="other")
    steps = [Step(Verb.UPDATE, stage, replace(stage, deployment="other")), Step(Verb.DELETE, other, other)]
    (fact,) = suspicions(LAB, steps)
    hint, _ = suspicions(LAB, [*steps, Step(Verb.CREATE, DESIRED["route message"])])
    assert [(each.cause.name, each.alone) for each in (fact, hint)] == [
        ("old-deployment", True),
        ("old-deployment", False),
    ]
    assert hint.strength < fact.strength


def test_the_routes_of_each() -> None:
    """Each function's parts spoil its own routes; the API, the stage and what is deployed spoil all."""
    for each in DESIRED.values():
        routes = {*spoiled(LAB, each)}
        assert bool(routes) is (each.kind not in {"API", "stage", "deployment"}), each
    assert {*spoiled(LAB, DESIRED["table x-room-messages-users"])} >= {"register", "join", "message"}
    assert "$connect" not in spoiled(LAB, DESIRED["table x-room-messages-users"])


def test_every_attribute_leads_somewhere() -> None:
    """Whatever differs of whatever resource, there is a cause for it."""
    resource: Resource
    for resource in DESIRED.values():
        assert [*suspicions(LAB, [Step(Verb.CREATE, resource)])]
