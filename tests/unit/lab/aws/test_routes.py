"""Integrations whose names are lost, and routes that are made anew."""

from dataclasses import replace

from tests.unit.lab.conftest import make, read
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint
from wschat.lab.model import Lab

DESIRED = blueprint(Lab(account="0" * 12, region="us-east-1"))
INTEGRATIONS = [each for each in DESIRED if isinstance(each, Integration)]


def test_names_that_are_lost() -> None:
    """One whose description somebody changed is known by what it does; what does nothing of ours is not."""
    for each in INTEGRATIONS:
        assert replace(each, name="a1b2", description="mine").identified(DESIRED).name == each.name
    strange = replace(INTEGRATIONS[0], name="a1b2", function="other")
    assert strange.identified(DESIRED) == strange


def test_one_that_was_two_way(empty: Cloud) -> None:
    """It is made anew, since no call takes its selection expression away; the integration stays."""
    make(empty, Api, Integration)
    route = Route(name="$connect", integration="Connect", two_way=False)
    replace(route, two_way=True).create(empty)
    before = empty.ids[route.key]
    route.update(replace(route, two_way=True), empty)
    assert read(empty, route) == route
    assert empty.ids[route.key] != before
