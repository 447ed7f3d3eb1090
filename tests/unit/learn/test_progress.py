"""How lessons stand against what exists: each thing that a person can get wrong is named, in words."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from wschat.lab.aws.routes import Integration
from wschat.lab.aws.stages import Stage, route_settings
from wschat.lab.aws.websocket_api import Deployment
from wschat.lab.blueprint import blueprint
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource
from wschat.lab.plan import Verb, steps_to
from wschat.learn.course import course
from wschat.learn.lesson import Lesson
from wschat.learn.progress import Standing
from wschat.learn.resources import keys

LAB = Lab(account="0" * 12, region="us-east-1", adopts=True)
ALL = blueprint(LAB)
KEYS = keys(LAB)
LESSONS = {each.id: each for each in course()}
PERMISSION = "permission Connect $connect"


def standing(resources: Iterable[Resource], **actual: Any) -> Standing:  # noqa: ANN401
    """Return how the lessons stand where this exists."""
    there = {each.key: each for each in resources}
    ids = dict.fromkeys(there, "id")
    return Standing(tuple(LESSONS.values()), LAB, ALL, Actual(resources=there, ids=ids, **actual))


def having(label: str, **changed: Any) -> list[Resource]:  # noqa: ANN401
    """Return all of the lab, of which one resource differs so."""
    return [replace(each, **changed) if each.key == KEYS[label] else each for each in ALL]


def after(there: Standing, lesson: Lesson) -> list[Resource]:
    """Return what exists when a lesson was done."""
    found = dict(there.actual.resources)
    for step in there.steps(lesson):
        found.pop(step.resource.key, None)
        found |= {} if step.verb is Verb.DELETE else {step.resource.key: step.resource}
    return [*found.values()]


def up_to(lesson: str) -> list[Resource]:
    """Return what the lessons up to one make, if each is done when it comes."""
    there = list[Resource]()
    for each in [*LESSONS.values()][: [*LESSONS].index(lesson) + 1]:
        there = after(standing(there), each)
    return there


def told(there: Standing, lesson: str) -> list[str]:
    return [f"{each.resource.kind}: {each.says}" for each in there.faults(LESSONS[lesson])]


ARN = "arn:aws:execute-api:us-east-1:000000000000:{api}"
MATTERS = ": the case matters"
# fmt: off
WRONG: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("connections-table", "table client-records", {"partition_key": "id"},
     f"the key is `id`, should be `ID`{MATTERS}",
     "DynamoDB can't change a key, so delete the table and make it anew"),
    ("connections-table", "table client-records", {"ttl": None},
     "the attribute of the time to live is nothing, should be `expires`", "Time to Live"),
    ("rooms-table", "table room-messages-users", {"billing": "PROVISIONED"},
     "the capacity mode is `PROVISIONED`, should be `PAY_PER_REQUEST`", "on-demand"),
    ("role", "role ConnectRole", {"path": "/service-role/"},
     "the path is `/service-role/`, should be `/`", "a role's path can't be changed"),
    ("role", "role ConnectRole", {"attached": ("arn:aws:iam::aws:policy/Admin",)},
     "what is attached to it is `arn:aws:iam::aws:policy/Admin`, should be nothing", "Remove"),
    ("role", "role ConnectRole", {"inline": ("mine",)},
     "what stands beside `access` is `mine`, should be nothing",
     "called `access`"),
    ("connect-function", "log group Connect", {"retention_days": None},
     "the time that it keeps lines is nothing, should be `14`", "for ever"),
    ("connect-function", "function Connect", {"handler": "lambda_function.lambda_handler"},
     "the handler is `lambda_function.lambda_handler`, should be `wschat.functions.connect.handler`",
     "Runtime settings"),
    ("connect-function", "function Connect", {"timeout": 3}, "the timeout is `3 s`, should be `25 s`",
     "General"),
    ("connect-function", "function Connect", {"environment": (("CLIENT_RECORDS", "Client-Records"),)},
     f"in its environment CLIENT_RECORDS is `Client-Records`, should be `client-records`{MATTERS}",
     "variables"),
    ("api", "API", {"selection": "$request.body.message"},
     "the route selection expression is `$request.body.message`, should be `$request.body.action`",
     "API settings"),
    ("api", "API", {"protocol": "HTTP"}, "the protocol is `HTTP`, should be `WEBSOCKET`", "make it anew"),
    ("first-route", "integration Connect", {"uri": "arn:aws:lambda:us-east-1:000000000000:function:Connect"},
     "the URI is `", "ends in /invocations"),
    ("first-route", "route $connect", {"authorization": "AWS_IAM"},
     "the authorization is `AWS_IAM`, should be `NONE`", "Route request"),
    ("first-route", PERMISSION, {"source": f"{ARN}/*/*/$connect"},
     "the source ARN is `…00000000000:id/*/*/$connect`, should be `…00000000000:id/*/$connect`",
     "and no more"),
    ("answering-route", "route register", {"two_way": False},
     "two-way communication is `no`, should be `yes`",
     "Enable two-way communication"),
    ("answering-route", "route register", {"name": "Register"},
     f"the key is `Register`, should be `register`{MATTERS}", "update-route"),
    ("more-routes", "integration ping", {"answer": ("$default", "200", "pong")},
     "the integration response (key, selection, template) is `$default, 200, pong`", "Integration response"),
    ("deploy", "stage", {"name": "dev"}, "the name is `dev`, should be `development`", "make a stage"),
    ("deploy", "stage", {"rate": None}, "the throttling rate is nothing, should be",
     "Default route throttling"),
]
# fmt: on


@pytest.mark.parametrize(("lesson", "label", "changed", "says", "mend"), WRONG)
def test_wrong(lesson: str, label: str, changed: dict[str, Any], says: str, mend: str) -> None:
    """What somebody got wrong is named in a sentence, with what to do; no other lesson is wrong for it."""
    there = standing(having(label, **changed))
    fault = next(iter(there.faults(LESSONS[lesson])))
    assert fault.says.startswith(says)
    assert mend in fault.mend
    assert there.next == LESSONS[lesson]
    assert standing(ALL).next is None


@pytest.mark.parametrize("label", KEYS)
def test_missing(label: str) -> None:
    """What is missing is named, in the lesson that makes it; nothing that stands alone is meant by it."""
    there = standing(each for each in ALL if each.key != KEYS[label])
    lesson = there.next
    assert lesson
    assert label.split(maxsplit=1)[0] in {each.split()[0] for each in lesson.makes}
    fault = there.faults(lesson)[0]
    assert (fault.resource.key, fault.attribute) == (KEYS[label], "")
    assert fault.says.startswith(("there is no ", "the ", "API Gateway may not", "nothing is deployed"))


def test_a_half_lab() -> None:
    """Up to each lesson all is right, nothing is after it, and its deployment serves the routes so far."""
    served, there, done = set[str](), standing(()), 0
    for number, lesson in enumerate(LESSONS.values()):
        there = standing(after(there, lesson))
        done = number if there.wanted(lesson) else done
        assert [each.id for each in LESSONS.values() if there.steps(each)] == [
            each.id for each in [*LESSONS.values()][done + 1 :] if each.makes
        ]
        served |= {each.name for each in there.actual.resources.values() if isinstance(each, Deployment)}
        verbs = [step.verb for step in steps_to(ALL, there.actual) if step.resource.kind == "deployment"]
        assert verbs in ([], ["create"], ["create", "delete"]), "provision goes on from it"
    assert len(served) == 5
    assert {each.key: each for each in ALL} == there.actual.resources


def test_a_throttle_set_early() -> None:
    """A route's throttle may be there before its lesson, as where several were done at once; not another."""
    by_then = up_to("more-routes")
    in_the_end, stage = (next(one for one in some if isinstance(one, Stage)) for some in (ALL, by_then))
    join = json.loads(in_the_end.route_settings or "")["join"]
    for setting, steps in ((join, []), ({**join, "ThrottlingRateLimit": 7.0}, ["update stage development"])):
        early = route_settings(json.loads(stage.route_settings or "{}") | {"join": setting})
        there = standing(replace(one, route_settings=early) if one is stage else one for one in by_then)
        assert [str(step) for step in there.steps(LESSONS["more-routes"])] == steps
        assert bool(there.faults(LESSONS["more-routes"])) is bool(steps)


def test_what_comes_before() -> None:
    """A lesson waits for those that make what it needs, and for no others."""
    there = standing(up_to("connections-table"))
    before = {each.id: there.before(each) for each in LESSONS.values()}
    assert {name: each and each.id for name, each in before.items()} == {
        **dict.fromkeys(LESSONS),
        "connect-function": "role",
        "api": "other-functions",
        "first-route": "connect-function",
        "deploy": "api",
        "answering-route": "other-functions",
        "more-routes": "other-functions",
        "posting": "other-functions",
        "disconnect": "other-functions",
    }


def by_hand(lesson: str) -> Standing:
    """Return what there is where the lessons up to one were done in the console: only wschat's marks lack."""
    named = {"integration": "description", "API": "description", "permission": "statement"}
    there = list[Resource]()
    for number, each in enumerate(up_to(lesson)):
        changed: dict[str, Any] = {named[each.kind]: f"{number:x}-uuid"} if each.kind in named else {}
        if each.kind == "permission":
            changed["name"] = f"{each.name}-{number}"
        there.append(replace(each, **changed))
    tagged = {each.key for each in there if hasattr(each, "tags")}
    return standing(there, by_hand=frozenset(tagged))


def test_what_was_made_by_hand() -> None:
    """It is right whatever only wschat names; it takes tags, and marks, and what had others goes."""
    there = by_hand("first-route")
    assert all(there.faults(each) == [] for each in LESSONS.values() if each.number <= "08")
    assert {str(step) for step in there.steps(LESSONS["connections-table"])} == {"adopt table client-records"}
    steps = [str(step) for step in there.steps(LESSONS["first-route"])]
    assert [step.partition(" Connect:connect")[0] for step in steps] == [
        "update integration Connect",
        "create permission",
        "delete permission",
    ]


def test_two_integrations_of_one_function() -> None:
    """The console makes one for each route: they are the same, and one of them goes."""
    one = next(each for each in ALL if isinstance(each, Integration) and each.name == "CreateRoom")
    more = having("route new-room", integration="CreateRoom (abc)")
    there = standing([*more, replace(one, name="CreateRoom (abc)", description="")])
    assert there.faults(LESSONS["more-routes"]) == []
    assert [str(step) for step in there.steps(LESSONS["more-routes"])] == [
        "update route new-room",
        "delete integration CreateRoom (abc)",
    ]


def test_an_older_deployment() -> None:
    """What the stage serves is told by the deployment's description; the old one goes after the new one."""
    undeployed = (each for each in up_to("answering-route") if not isinstance(each, Deployment | Stage))
    deployed = (each for each in up_to("deploy") if isinstance(each, Deployment | Stage))
    there = standing([*undeployed, *deployed])
    assert there.next == LESSONS["answering-route"]
    assert [each.partition("is `")[0] for each in told(there, "answering-route")] == [
        "deployment: the description, or without one the id, ",
        "stage: the deployment that it serves ",
    ]
    assert [step.verb for step in there.steps(LESSONS["answering-route"])] == ["create", "update", "delete"]


def test_the_next_deployment() -> None:
    """Where routes are missing, what the stage serves until then is told as it is."""
    there = standing(up_to("deploy"))
    (stage,) = (each for each in there.steps(LESSONS["answering-route"]) if each.resource.kind == "stage")
    assert isinstance(stage.found, Stage)
    assert ("deployment", stage.found.deployment) in {each.key for each in up_to("deploy")}


def test_a_deployment_of_before() -> None:
    """Where a route is wrong, a deployment that is called right may be of it, so that is made anew."""
    there = standing(having("route register", two_way=False))
    assert [
        str(step).partition(" (")[0].rpartition(" ")[0] for step in there.steps(LESSONS["answering-route"])
    ] == [
        "update route",
        "create deployment",
        "update stage",
    ]


def test_mended_and_not_deployed() -> None:
    """A deployment that was there when a route was wrong may be of that; one that is made then is not."""
    lesson, wrong = LESSONS["answering-route"], standing(having("route register", two_way=False))
    assert standing(ALL).outdated_by_now == frozenset()
    assert wrong.outdated_by_now == {("answering-route", "id")}
    mended = replace(standing(ALL), outdated=wrong.outdated_by_now)
    (fault,) = mended.faults(lesson)
    assert (fault.resource.kind, "nobody can see what it holds" in fault.says) == ("deployment", True)
    assert mended.next == lesson
    assert [step.verb for step in mended.steps(lesson)] == ["create", "update"]
    assert mended.outdated_by_now == wrong.outdated_by_now
    anew = replace(mended, actual=replace(mended.actual, ids=dict.fromkeys(mended.actual.ids, "new")))
    assert (anew.faults(lesson), anew.steps(lesson), anew.outdated_by_now) == ([], (), frozenset())


def test_another_labs() -> None:
    """What carries another lab's tag, or can't be told whose it is, is wrong and stays as it is."""
    role = next(each for each in ALL if each.kind == "role")
    for where, says in (("unmanaged", "it belongs to another lab"), ("unknown", "whose it is can't be seen")):
        there = standing((), **{where: (role,)})
        (fault, *_) = there.faults(LESSONS["role"])
        assert fault.says.startswith(says)
        assert there.steps(LESSONS["role"]) == ()


def test_a_second_api() -> None:
    """Two APIs of one name are named, with the id of the one that is too much."""
    (api,) = (each for each in ALL if each.kind == "API")
    there = standing([*ALL, replace(api, name=f"{api.name} (abc)")])
    assert told(there, "api") == ["API: there is another API of this name: delete one of them (its id is id)"]
