"""Lessons done alone, one after the other, and what was made by hand adopted, against a real emulator."""

from dataclasses import replace

import pytest

from tests.studies.account import Account
from tests.studies.lessons import WAYS, through
from tests.support.by_hand import by_hand, make
from tests.support.labs import drain
from tests.support.plane.clock import VirtualClock
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import API_NAME
from wschat.learn import work
from wschat.learn.course import course
from wschat.learn.lesson import parse
from wschat.learn.resources import keys


def test_the_whole_lab(empty: Cloud) -> None:
    """By turns done, and made as the console makes it and adopted, it becomes what provision makes."""
    through(empty, WAYS["by turns"], lambda _: None)


def test_aws_shows_it_late(desk: Account) -> None:
    """A lesson ends when all is seen that it made."""
    cloud = desk.lab()
    there = work.look(cloud, course())
    for lesson in (each for each in there.lessons[:5] if there.wanted(each)):
        there = drain(work.do(cloud, there, lesson, there.steps(lesson)))
        assert (there.faults(lesson), there.steps(lesson)) == ([], ()), lesson.id


def test_what_is_read_of_things_without_a_tag(empty: Cloud) -> None:
    """All that is looked at of the lab's own is looked at of what was made by hand."""
    there, clicked = work.look(empty, course()), by_hand(empty)
    needed = {
        key for name, key in keys(empty.lab).items() if "Connect" in name or name in {"API", "route $connect"}
    }
    make(
        clicked, (step for each in there.lessons for step in there.steps(each) if step.resource.key in needed)
    )
    managed = "arn:aws:iam::aws:policy/AdministratorAccess"
    empty.iam.attach_role_policy(RoleName="ConnectRole", PolicyArn=managed)
    empty.functions.create_function_url_config(FunctionName="Connect", AuthType="NONE")
    route = clicked.ids["route", "$connect"]
    empty.api.update_route(ApiId=clicked.api_id, RouteId=route, AuthorizationType="AWS_IAM")
    there = work.look(empty, there.lessons)
    told = {(fault.resource.kind, fault.attribute) for each in there.lessons for fault in there.faults(each)}
    assert {("role", "attached"), ("function", "urls"), ("route", "authorization")} <= told


def test_two_made_it_at_once(empty: Cloud) -> None:
    """Of two APIs with the lab's tag the lesson removes the younger one; one without a tag it leaves."""
    empty = replace(empty, clock=VirtualClock())  # it looks for some time whether all is seen
    there = work.look(empty, course())
    (lesson,) = (each for each in there.lessons if each.id == "api")
    (step,) = (step for step in there.steps(lesson) if step.resource.kind == "API")
    api = step.resource.wanted(empty)
    for _ in range(2):  # as two who have not seen each other's
        empty.api.create_api(**api, Tags=empty.lab.tags)
    there = work.look(empty, there.lessons)
    delete = [step for step in there.steps(lesson) if step.resource.kind == "API"]
    assert [step.verb.value for step in delete] == ["delete"]
    drain(work.do(empty, there, lesson, delete))
    assert len(empty.api.get_apis()["Items"]) == 1
    empty.api.create_api(**api)
    there = work.look(empty, there.lessons)
    assert [step for step in there.steps(lesson) if step.resource.kind == "API"] == []
    assert "another API" in next(each.says for each in there.faults(lesson) if each.resource.kind == "API")


def test_calls_are_shown(empty: Cloud) -> None:
    """Each call that changes something is told as it begins, until one does not watch any more."""
    told = list[str]()
    with work.watched(empty, told.append):
        empty.dynamodb.list_tables()
        empty.logs.create_log_group(logGroupName="/a")
        with pytest.raises(empty.logs.exceptions.ResourceAlreadyExistsException):
            empty.logs.create_log_group(logGroupName="/a")
    empty.logs.delete_log_group(logGroupName="/a")
    assert told == ["logs CreateLogGroup /a"]


def test_a_one_way_route_that_was_deployed(empty: Cloud) -> None:
    """The right description does not make it right: doing the lesson deploys anew, and removes what was."""
    makes = "API, integration ping, route ping, deployment, stage"
    lesson = parse(f"---\ntitle: Ping\nmakes: {makes}\n---\nWhy.\n", "01-ping.md")
    there = work.look(empty, (lesson,))
    there = drain(work.do(empty, there, lesson, there.steps(lesson)))
    before, api = there.actual.ids, empty.api
    path = {"ApiId": before["API", empty.lab.name(API_NAME)], "RouteId": before["route", "ping"]}
    (response,) = api.get_route_responses(**path)["Items"]
    api.delete_route_response(**path, RouteResponseId=response["RouteResponseId"])
    there = work.look(empty, there.lessons)
    there = drain(work.do(empty, there, lesson, there.steps(lesson)))
    assert there.steps(lesson) == ()
    (deployment,) = api.get_deployments(ApiId=path["ApiId"])["Items"]
    assert deployment["DeploymentId"] not in before.values()
    (stage,) = api.get_stages(ApiId=path["ApiId"])["Items"]
    assert stage["DeploymentId"] == deployment["DeploymentId"]
