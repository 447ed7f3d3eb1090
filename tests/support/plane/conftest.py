"""A plane for each test, with a time of its own, before one emulator."""

from collections.abc import Callable
from itertools import count
from typing import Any, ParamSpec

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support.plane.backend import behind
from tests.support.plane.clock import VirtualClock
from tests.support.plane.plane import Plane
from tests.support.websocket_api import SELECTION, package
from wschat.local.join import LocalLab

P = ParamSpec("P")
NUMBERS = count(1)
CLIENTS = {"api": "apigatewayv2", "functions": "lambda"}
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    '"Principal":{"Service":"lambda.amazonaws.com"}}]}'
)
ONE = "def handler(event, context):\n    return 1\n"
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})


class Aws:
    """The clients of one caller, none of which tries again; `name` is this test's alone."""

    def __init__(self, session: boto3.Session, endpoint: str, name: str) -> None:
        self.session, self.endpoint, self.name = session, endpoint, name

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  the stubs type each by its literal
        made: Any = self.session.client(CLIENTS.get(name, name), endpoint_url=self.endpoint, config=ONCE)  # type: ignore[call-overload]
        self.__dict__[name] = made
        return made

    def make_table(self, **more: Any) -> None:  # noqa: ANN401
        self.dynamodb.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "ID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "ID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **more,
        )

    def expire(self, attribute: str = "expires", *, enabled: bool = True) -> None:
        wanted = {"Enabled": enabled, "AttributeName": attribute}
        self.dynamodb.update_time_to_live(TableName=self.name, TimeToLiveSpecification=wanted)

    def make_role(self, **more: Any) -> str:  # noqa: ANN401
        made = self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=TRUST, **more)
        return str(made["Role"]["Arn"])

    def make_function(self, role: str, **more: Any) -> None:  # noqa: ANN401
        self.functions.create_function(
            FunctionName=self.name,
            Runtime="python3.13",
            Role=role,
            Handler="main.handler",
            Code={"ZipFile": package({"main.py": ONE})},
            **more,
        )

    def make_api(self, **more: Any) -> str:  # noqa: ANN401
        made = self.api.create_api(
            Name=self.name, ProtocolType="WEBSOCKET", RouteSelectionExpression=SELECTION, **more
        )
        return str(made["ApiId"])

    def permit(self, statement: str) -> None:
        self.functions.add_permission(
            FunctionName=self.name,
            StatementId=statement,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
        )


def refused(call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> tuple[str, str]:
    """Return the code and the message that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    error = caught.value.response["Error"]
    return error.get("Code", ""), error.get("Message", "")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def plane(emulator: LocalLab, clock: VirtualClock) -> Plane:
    return Plane(behind(emulator), clock)


@pytest.fixture
def aws(plane: Plane) -> Aws:
    """All clients through the plane, as root."""
    return Aws(plane.session(), plane.endpoint, f"plane{next(NUMBERS)}")


@pytest.fixture
def role(aws: Aws, clock: VirtualClock) -> str:
    """A role that Lambda can assume."""
    arn = aws.make_role()
    clock.sleep(10)
    return arn
