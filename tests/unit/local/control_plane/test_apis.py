"""Which routes a stage serves."""

import json
from http.client import HTTPConnection

import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.websocket_api import FENCE, STAGE, TestApi, ask, opened, refused
from tests.unit.local.conftest import signed
from wschat.lab.aws.cloud import Cloud


def test_no_such_stage(clients: Cloud, api: TestApi) -> None:
    """No API, one of HTTP, no stage, a longer path and a stage without a deployment are 403."""
    bare = TestApi(clients)
    bare.route("$connect", bare.mock())
    bare.stage(None)
    of_http = clients.api.create_api(Name="t", ProtocolType="HTTP")["ApiId"]
    clients.api.create_stage(ApiId=of_http, StageName=STAGE, AutoDeploy=True)
    nowhere, http = api.url.replace(api.id, "0123456789"), api.url.replace(api.id, of_http)
    for url in (nowhere, http, f"{api.url}s", f"{api.url}/more", api.url.removesuffix(f"/{STAGE}"), bare.url):
        status, body = refused(url)
        assert (status, body["message"]) == (403, "Forbidden")


@pytest.mark.parametrize("end", ["/", "/?a=1"])
def test_a_slash_behind_the_stage(api: TestApi, end: str) -> None:
    """A URL may end in a slash behind its stage."""
    with opened(f"{api.url}{end}") as client:
        assert ask(client, FENCE) == "mocked"


def test_a_stage_serves_its_deployment(clients: Cloud) -> None:
    """A route is live once it is deployed and the stage serves that deployment."""
    api = TestApi(clients)
    api.route("old", api.mock(answer="old"))
    first = api.deploy()
    api.stage(first)
    with opened(api.url) as client:
        api.route("new", api.mock(answer="new"))
        assert ask(client, {"action": "new"})["message"] == "Forbidden"
        second = api.deploy()
        assert ask(client, {"action": "new"})["message"] == "Forbidden"
        clients.api.update_stage(ApiId=api.id, StageName=STAGE, DeploymentId=second)
        assert ask(client, {"action": "new"}) == "new"
        clients.api.update_stage(ApiId=api.id, StageName=STAGE, DeploymentId=first)
        assert ask(client, {"action": "new"})["message"] == "Forbidden"
        clients.api.create_deployment(ApiId=api.id, StageName="test")
        assert ask(client, {"action": "new"}) == "new"


def test_auto_deploy(clients: Cloud) -> None:
    """A stage that deploys by itself serves what there is."""
    api = TestApi(clients)
    api.stage(None, AutoDeploy=True)
    with opened(api.url) as client:
        assert ask(client, FENCE)["message"] == "Forbidden"
        api.route("mock", api.mock())
        assert ask(client, FENCE) == "mocked"


NO_JSON = [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"stageName": "\\ud800"}', b'{"stageName": ["test"]}']


@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_a_deployment_without_json(
    clients: Cloud, api: TestApi, plain: HTTPConnection, root_key: Credentials, body: bytes
) -> None:
    """A request to the control plane that can't be read is refused with 400, and nothing comes of it."""
    before = len(clients.api.get_deployments(ApiId=api.id)["Items"])
    path = f"/v2/apis/{api.id}/deployments"
    asked = AWSRequest("POST", f"{clients.lab.endpoint}{path}", data=body)
    plain.request("POST", path, body, signed(root_key, asked, "apigateway"))
    answer = plain.getresponse()
    assert (answer.status, json.load(answer)) == (400, {"message": "BadRequestException"})
    assert answer.headers["x-amzn-errortype"] == "BadRequestException"
    assert len(clients.api.get_deployments(ApiId=api.id)["Items"]) == before


def test_tags_that_come_later(clients: Cloud) -> None:
    """An API and a stage are shown with the tags that they were given after they were made, and no others."""
    api = clients.api.create_api(Name="x", ProtocolType="WEBSOCKET", RouteSelectionExpression="$x")["ApiId"]
    clients.api.create_stage(ApiId=api, StageName="s", Tags={"a": "1", "b": "2"})
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api}"
    for each in (arn, f"{arn}/stages/s"):
        clients.api.tag_resource(ResourceArn=each, Tags={"b": "3"})
    clients.api.untag_resource(ResourceArn=f"{arn}/stages/s", TagKeys=["a"])
    shown = (clients.api.get_api(ApiId=api), clients.api.get_stages(ApiId=api)["Items"][0])
    assert [each["Tags"] for each in shown] == [{"b": "3"}, {"b": "3"}]
    clients.api.delete_api(ApiId=api)
