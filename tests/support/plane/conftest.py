"""A plane for each test, with a time of its own, before one emulator."""

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from tests.support.plane.clock import VirtualClock
from tests.support.plane.plane import Plane
from wschat.local.join import LocalLab

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sts import STSClient

NUMBERS = count(1)
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    '"Principal":{"Service":"lambda.amazonaws.com"}}]}'
)
SELECTION = "$request.body.action"
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})


@dataclass
class Aws:
    """The clients of one caller, none of which tries again; `name` is this test's alone."""

    session: boto3.Session
    endpoint: str
    name: str

    def _client(self, service: Any) -> Any:  # noqa: ANN401  boto3 types each by its literal
        return self.session.client(service, endpoint_url=self.endpoint, config=ONCE)

    @cached_property
    def api(self) -> "ApiGatewayV2Client":
        client: ApiGatewayV2Client = self._client("apigatewayv2")
        return client

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @cached_property
    def iam(self) -> "IAMClient":
        client: IAMClient = self._client("iam")
        return client

    @cached_property
    def functions(self) -> "LambdaClient":
        client: LambdaClient = self._client("lambda")
        return client

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        client: CloudWatchLogsClient = self._client("logs")
        return client

    @cached_property
    def sts(self) -> "STSClient":
        client: STSClient = self._client("sts")
        return client

    def make_table(self, **more: Any) -> None:  # noqa: ANN401
        self.dynamodb.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "ID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "ID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **more,
        )

    def make_role(self, **more: Any) -> str:  # noqa: ANN401
        made = self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=TRUST, **more)
        return made["Role"]["Arn"]

    def make_function(self, role: str, **more: Any) -> None:  # noqa: ANN401
        self.functions.create_function(
            FunctionName=self.name,
            Runtime="python3.13",
            Role=role,
            Handler="module.handler",
            Code={"ZipFile": package()},
            **more,
        )

    def make_api(self, **more: Any) -> str:  # noqa: ANN401
        made = self.api.create_api(
            Name=self.name, ProtocolType="WEBSOCKET", RouteSelectionExpression=SELECTION, **more
        )
        return made["ApiId"]

    def permit(self, statement: str) -> None:
        self.functions.add_permission(
            FunctionName=self.name,
            StatementId=statement,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
        )


def package() -> bytes:
    """Return a zipped function that answers 1."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("module.py", "def handler(event, context):\n    return 1\n")
    return file.getvalue()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def plane(emulator: LocalLab, clock: VirtualClock) -> Plane:
    return Plane(emulator.endpoint, clock)


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
