"""Lessons done alone, one after the other, and what was made by hand adopted, against a real emulator."""

from tests.support.by_hand import by_hand, make
from tests.support.labs import drain, plan, tear_down
from wschat.lab.aws.cloud import Cloud
from wschat.learn import work
from wschat.learn.course import course
from wschat.learn.resources import keys


def test_the_whole_lab(empty: Cloud) -> None:
    """Lesson by lesson the lab becomes what provision makes, and each is right as soon as it is done."""
    there = work.look(empty, course())
    for lesson in (each for each in there.lessons if there.wanted(each)):
        assert there.next == lesson
        work.check_possible(there, lesson)
        there = drain(work.do(empty, there, lesson, there.steps(lesson)))
        assert there.faults(lesson) == [], lesson.id
        assert there.steps(lesson) == (), lesson.id
    assert there.next is None
    assert plan(empty) == ()
    assert tear_down(empty).resources == {}


def test_the_whole_lab_by_hand(empty: Cloud) -> None:
    """What is made as the console makes it is right, and taken over lesson by lesson; then it is the lab."""
    there, clicked = work.look(empty, course()), by_hand(empty)
    for lesson in (each for each in there.lessons if there.wanted(each)):
        make(clicked, there.steps(lesson))
        there = work.look(empty, there.lessons)
        assert there.faults(lesson) == []
        there = drain(work.do(empty, there, lesson, there.steps(lesson)))
        assert there.steps(lesson) == ()
    assert plan(empty) == ()
    assert tear_down(empty).resources == {}
    assert work.look(empty, there.lessons).actual.resources == {}


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


def test_calls_are_shown(empty: Cloud) -> None:
    """Each call that changes something is told as it begins, until one does not watch any more."""
    told = list[str]()
    with work.watched(empty, told.append):
        empty.dynamodb.list_tables()
        empty.logs.create_log_group(logGroupName="/a")
    empty.logs.delete_log_group(logGroupName="/a")
    assert told == ["logs CreateLogGroup /a"]
