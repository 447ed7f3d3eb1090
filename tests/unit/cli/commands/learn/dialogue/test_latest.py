"""What was found of a lab when one looked last."""

import pytest

from tests.support.labs import lab_of, tear_down
from tests.unit.cli.commands.learn.dialogue.test_loop import TABLES, Account, lessons
from wschat.cli.commands.learn.dialogue.latest import Latest
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.blueprint import STAGE
from wschat.lab.chosen.choices import Choices
from wschat.learn.words import OUTDATED

NOBODY = '{"Statement": []}'


def test_what_is_done(cloud: Cloud) -> None:
    """It is known after each look, and after what was done; commands lead to the lesson that is meant."""
    latest, second = Latest(TABLES, Account(cloud)), TABLES[1]
    there = latest.look()
    assert latest.done == set()
    latest.do(there, second)
    assert latest.done == {"second"}
    options = f" --prefix {cloud.lab.prefix}"
    commands = latest.commands(second)
    assert commands["provision"].endswith(f"wschat learn do second{options}")
    assert commands["status"].endswith(f"wschat learn check second{options}")


@pytest.mark.usefixtures("capsys")
def test_a_given_role_that_is_wrong(cloud: Cloud) -> None:
    """It is not done because all before a lesson is done as one, which makes no role."""
    of = lessons("role ConnectRole, policy ConnectRole", "table client-records", "")
    role = f"{cloud.lab.prefix}given"
    arn = cloud.iam.create_role(RoleName=role, AssumeRolePolicyDocument=NOBODY)["Role"]["Arn"]
    latest = Latest(of, Account(lab_of(cloud, choices=Choices(role=arn))))
    there = latest.catch_up(of[2], latest.look(), ask=False)
    assert (latest.done, len(there.faults(of[0]))) == ({"second"}, 1)
    cloud.iam.delete_role(RoleName=role)


def test_a_route_that_is_not_deployed(cloud: Cloud) -> None:
    """Found wrong, and mended by a command of one's own, it is wrong until the API is deployed again."""
    of, api = lessons("API, integration ping, route ping, deployment, stage"), cloud.api
    latest = Latest(of, Account(cloud))
    ids = latest.do(latest.look(), of[0]).actual.ids
    lab, route = ids["API", cloud.lab.name(API_NAME)], ids["route", "ping"]
    (response,) = api.get_route_responses(ApiId=lab, RouteId=route)["Items"]
    (deployment,) = api.get_deployments(ApiId=lab)["Items"]

    def says() -> list[str]:
        return [each.says for each in latest.look().faults(of[0])]

    api.delete_route_response(ApiId=lab, RouteId=route, RouteResponseId=response["RouteResponseId"])
    assert says() == ["two-way communication is `no`, should be `yes`"]
    api.create_route_response(ApiId=lab, RouteId=route, RouteResponseKey="$default")
    assert says() == [OUTDATED]
    assert latest.done == set()
    api.create_deployment(ApiId=lab, StageName=STAGE, Description=deployment["Description"])
    assert says() == []
    tear_down(cloud)
