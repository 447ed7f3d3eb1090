"""API Gateway refuses what MiniStack forgives, and serves what was deployed."""

from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import Aws, refused
from tests.support.plane.plane import Plane


@pytest.fixture
def api(aws: Aws) -> str:
    return aws.make_api()


@pytest.fixture
def integration(aws: Aws, api: str) -> str:
    made = aws.api.create_integration(
        ApiId=api,
        IntegrationType="MOCK",
        TemplateSelectionExpression="\\$default",
        RequestTemplates={"$default": '{"statusCode":200}'},
    )
    assert made["TemplateSelectionExpression"] == "\\$default"
    return str(made["IntegrationId"])


def add_route(aws: Aws, api: str, key: str = "join", **more: Any) -> str:  # noqa: ANN401
    return str(aws.api.create_route(ApiId=api, RouteKey=key, **more)["RouteId"])


def deploy(aws: Aws, clock: VirtualClock, api: str) -> str:
    clock.sleep(5)
    return str(aws.api.create_deployment(ApiId=api)["DeploymentId"])


def test_route_keys_are_unique(aws: Aws, api: str) -> None:
    """A second route of a key conflicts, made or renamed; a route may be updated to its own key."""
    first = add_route(aws, api)
    expected = "ConflictException", "Route with key join already exists for this API"
    assert refused(add_route, aws, api) == expected
    other = add_route(aws, api, "leave")
    update = aws.api.update_route
    assert refused(update, ApiId=api, RouteId=other, RouteKey="join") == expected
    update(ApiId=api, RouteId=first, RouteKey="join")


def test_authorization_is_for_connect_alone(aws: Aws, api: str) -> None:
    """AWS_IAM is refused on any route but $connect."""
    expected = (
        "BadRequestException",
        "Currently, authorization is restricted to the $connect route only",
    )
    assert refused(add_route, aws, api, AuthorizationType="AWS_IAM") == expected
    route = add_route(aws, api)
    assert refused(aws.api.update_route, ApiId=api, RouteId=route, AuthorizationType="AWS_IAM") == expected
    add_route(aws, api, "$connect", AuthorizationType="AWS_IAM")


def test_targets_exist(aws: Aws, api: str, integration: str) -> None:
    """A route's target is an integration of its API, which stays while it is used."""
    assert refused(add_route, aws, api, Target="integrations/none")[0] == "BadRequestException"
    route = add_route(aws, api, Target=f"integrations/{integration}")
    delete = aws.api.delete_integration
    assert refused(delete, ApiId=api, IntegrationId=integration)[0] == "ConflictException"
    aws.api.delete_route(ApiId=api, RouteId=route)
    delete(ApiId=api, IntegrationId=integration)


def test_deployments_need_routes(aws: Aws, api: str) -> None:
    """An API without routes is not deployed."""
    expected = "BadRequestException", "Unable to deploy API because no routes exist in this API"
    assert refused(aws.api.create_deployment, ApiId=api) == expected


def test_stages(aws: Aws, clock: VirtualClock, api: str) -> None:
    """A stage needs a legal and a new name, and a deployment that exists and stays while it is served."""
    add_route(aws, api)
    deployment = deploy(aws, clock, api)
    create, update = aws.api.create_stage, aws.api.update_stage
    assert refused(create, ApiId=api, StageName="a.b")[0] == "BadRequestException"
    assert refused(create, ApiId=api, StageName="dev", DeploymentId="none")[0] == "NotFoundException"
    create(ApiId=api, StageName="dev", DeploymentId=deployment)
    assert refused(create, ApiId=api, StageName="dev")[0] == "ConflictException"
    assert refused(update, ApiId=api, StageName="dev", DeploymentId="none")[0] == "NotFoundException"
    code, text = refused(aws.api.delete_deployment, ApiId=api, DeploymentId=deployment)
    assert code == "BadRequestException"
    assert "Active stages pointing to this deployment" in text
    update(ApiId=api, StageName="dev", AutoDeploy=True)
    assert refused(update, ApiId=api, StageName="dev", DeploymentId=deployment)[0] == "BadRequestException"


def test_a_stage_serves_its_deployment(aws: Aws, plane: Plane, clock: VirtualClock, api: str) -> None:
    """Routes made later are served only after another deployment and its choice."""
    add_route(aws, api)
    first = deploy(aws, clock, api)
    aws.api.create_stage(ApiId=api, StageName="dev", DeploymentId=first)
    add_route(aws, api, "$connect", AuthorizationType="AWS_IAM")
    assert plane.served(api, "dev") == {"join": "NONE"}
    second = deploy(aws, clock, api)
    clock.sleep(100)
    assert plane.served(api, "dev") == {"join": "NONE"}
    aws.api.update_stage(ApiId=api, StageName="dev", DeploymentId=second)
    clock.sleep(80)
    assert plane.served(api, "dev") == {"join": "NONE", "$connect": "AWS_IAM"}


def test_an_update_is_served_in_turns(aws: Aws, plane: Plane, clock: VirtualClock, api: str) -> None:
    """A first deployment is served at once, an update in turns with it, at the very times that AWS did."""
    add_route(aws, api)
    aws.api.create_stage(ApiId=api, StageName="dev", DeploymentId=deploy(aws, clock, api))
    assert plane.served(api, "dev").keys() == {"join"}
    add_route(aws, api, "leave")
    second = deploy(aws, clock, api)
    aws.api.update_stage(ApiId=api, StageName="dev", DeploymentId=second)
    updated, met = clock.now(), list[int]()
    recorded = (1, 9, 15, 21, 29, 35, 40, 48, 56, 64, 70, 76, 78, 80, 90, 300)
    for seconds in recorded:
        clock.sleep(updated + seconds - clock.now())
        met += [seconds] * ("leave" in plane.served(api, "dev"))
    assert met == [9, 15, 29, 35, 64, 70, 76, 80, 90, 300]


def test_dates(aws: Aws, clock: VirtualClock, api: str) -> None:
    """A stage has the dates of its making and of its last update by the clock of answers; tags are none."""
    add_route(aws, api)
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api}/stages/dev"
    seen = list[list[float]]()
    for call, more in (
        (aws.api.create_stage, {"ApiId": api, "StageName": "dev"}),
        (aws.api.tag_resource, {"ResourceArn": arn, "Tags": {"a": "b"}}),
        (aws.api.update_stage, {"ApiId": api, "StageName": "dev", "Description": "x"}),
    ):
        call(**more)
        clock.sleep(60)
        stage = aws.api.get_stage(ApiId=api, StageName="dev")
        now = parsedate_to_datetime(stage["ResponseMetadata"]["HTTPHeaders"]["date"])
        ages = [(now - stage[name]).total_seconds() for name in ("CreatedDate", "LastUpdatedDate")]
        seen.append([round(age, -1) for age in ages])
    assert seen == [[60, 60], [120, 120], [180, 60]]
