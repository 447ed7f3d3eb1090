"""The API, its deployments and its stages: created, changed, read and deleted."""

from dataclasses import replace

from tests.unit.lab.conftest import live, make, read
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.websocket_api import API_NAME, Api, Deployment, Stage
from wschat.lab.blueprint import blueprint
from wschat.lab.model import TAG, Lab

LAB = Lab(account="0" * 12, region="us-east-1")
API = Api(name=API_NAME, title=API_NAME, selection="$request.body.action", description="mine")


def test_life(empty: Cloud) -> None:
    """It is found by its tag, whatever it is called in AWS."""
    live(empty, API, replace(API, title="renamed", selection="$request.body.verb"))


def test_names_for_all_labs(empty: Cloud) -> None:
    """An API counts under its name and under what it should be called by its tag in this region."""
    for name, tag in (("renamed", "us-east-1/a-"), ("b-theirs", "eu-central-1/c-")):
        empty.api.create_api(
            Name=name, ProtocolType="WEBSOCKET", RouteSelectionExpression="$x", Tags={TAG: tag}
        )
    assert set(Api.names(empty)) == {"renamed", f"a-{API_NAME}", "b-theirs"}


def test_life_of_deployments_and_stages(empty: Cloud) -> None:
    """A stage is moved to another deployment, and gets back its tag; a deployment that it serves stays."""
    make(empty, Api, Integration, Route)
    one, two = Deployment(name="one"), Deployment(name="two")
    one.create(empty)
    two.create(empty)
    assert read(empty, one) == one
    stage = Stage(name="development", deployment="one", tag=empty.lab.tags[TAG])
    live(empty, stage, replace(stage, deployment="two"))
    two.delete(empty)
    assert read(empty, two) is None


def test_one_lock_for_all_parts() -> None:
    """API Gateway refuses parallel changes of an API and of what is in it."""
    parts = [each for each in blueprint(LAB) if isinstance(each, Api) or each.parent == Api.kind]
    assert {each.lock_key for each in parts} == {API.lock_key}
