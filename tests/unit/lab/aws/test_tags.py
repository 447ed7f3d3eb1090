"""Tags that are chosen, on everything that takes tags: made, seen where they differ, and given again."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.studies.account import Account
from tests.support.labs import lab_of
from tests.support.plane.embedded import Embedded
from tests.unit.lab.conftest import read
from wschat.lab.aws import KINDS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.tables import Table
from wschat.lab.aws.tags import Tagged
from wschat.lab.aws.websocket_api import Deployment
from wschat.lab.blueprint import blueprint
from wschat.lab.bundle import bundle
from wschat.lab.chosen.choices import Choices
from wschat.lab.chosen.throttle import OFF
from wschat.lab.executor import execute
from wschat.lab.inventory import look
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import TAG
from wschat.lab.plan import Step, Verb

if TYPE_CHECKING:
    from wschat.lab.model.resource import Resource

OWN = (("owner", "ann"), ("team", ""))
TAGGED = [kind for kind in KINDS.values() if issubclass(kind, Tagged)]
MADE = (*TAGGED, Deployment)


@pytest.fixture
def made(embedded: Embedded) -> tuple[Cloud, list[Tagged]]:
    """One of each kind that takes tags, in a lab that chooses some."""
    embedded.empty()
    cloud = lab_of(Account(embedded).lab(), choices=Choices(tags=OWN, path="/labs/", throttle=OFF))
    desired = blueprint(cloud.lab, {"connect": bundle("connect")})
    kinds: list[Resource] = [next(each for each in desired if type(each) is kind) for kind in MADE]
    first = [each for each in kinds if not isinstance(each, Stage | Deployment)]
    list(execute(cloud, [Step(Verb.CREATE, each) for each in first], Actual()))
    cloud = replace(cloud, ids=dict(look(cloud).ids))
    cloud.api.create_route(ApiId=cloud.api_id, RouteKey="ping")
    for each in sorted(set(kinds) - set(first), key=lambda each: each.kind):
        each.create(cloud)
    return cloud, [each for each in kinds if isinstance(each, Tagged)]


def test_each_kind(made: tuple[Cloud, list[Tagged]]) -> None:
    """A tag that is lost or has another value is seen and given again; what others gave is no difference."""
    cloud, resources = made
    assert {type(each) for each in resources} == {*TAGGED}
    cloud.clock.sleep(60)
    for wanted in resources:
        assert dict(wanted.tags).items() >= dict(OWN).items()
        assert read(cloud, wanted) == wanted
        wanted.tag(cloud, {"owner": "bob", "theirs": "1"})
        cloud.clock.sleep(10)
        found = read(cloud, wanted)
        assert isinstance(found, Tagged)
        assert wanted.differences(found).keys() == {"tags"}, wanted.kind
        wanted.update(found, cloud)
        cloud.clock.sleep(10)
        assert read(cloud, wanted) == wanted


def test_a_choice_that_is_none_any_more(empty: Cloud) -> None:
    """The tag that kept it becomes empty, which is none; an own tag that is not chosen any more stays."""
    lab = replace(empty.lab, choices=Choices(tags=OWN, boundary="arn:aws:iam::aws:policy/x"))
    before = next(each for each in blueprint(lab) if isinstance(each, Table))
    before.create(replace(empty, lab=lab))
    after = next(each for each in blueprint(empty.lab) if isinstance(each, Table))
    found = read(empty, after)
    assert isinstance(found, Table)
    assert {key for key, _ in found.tags} == {"wschat:boundary", "wschat:tags"}
    after.update(found, empty)
    assert read(empty, after) == after
    arn = empty.lab.arn("dynamodb", f"table/{after.name}")
    kept = {
        each["Key"]: each["Value"] for each in empty.dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"]
    }
    assert kept == {TAG: empty.lab.tags[TAG], **dict(OWN), "wschat:boundary": "", "wschat:tags": ""}
