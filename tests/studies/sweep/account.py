"""What there is in MiniStack, seen behind the plane's back by its root user."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.support.plane.backend import Backend
from tests.support.plane.inside import session

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient

VOLATILE = {
    *("ResponseMetadata", "CreatedDate", "CreationDateTime", "CreateDate", "creationTime", "LastUpdatedDate"),
    *("LastModified", "RevisionId", "RoleId", "TableId", "Location", "RoleLastUsed", "ApiEndpoint"),
    *("State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason"),
    *("LastUpdateStatusReasonCode", "ApiGatewayManaged", "LatestStreamArn", "LatestStreamLabel"),
    *("DeploymentStatus", "DeploymentStatusMessage", "LastDeploymentStatusMessage", "storedBytes"),
}
"""What no two runs have in common."""
IDS = {"ApiId", "IntegrationId", "RouteId", "DeploymentId", "IntegrationResponseId", "RouteResponseId"}


class Account:
    """The whole account in one MiniStack, which holds nothing but the lab that is looked at."""

    def __init__(self, backend: Backend) -> None:
        self.backend, where = backend, backend.endpoint
        root = session(backend.forward, signed=backend.signed)
        self._dynamodb: DynamoDBClient = root.client("dynamodb", endpoint_url=where)
        self._iam: IAMClient = root.client("iam", endpoint_url=where)
        self._functions: LambdaClient = root.client("lambda", endpoint_url=where)
        self._logs: CloudWatchLogsClient = root.client("logs", endpoint_url=where)
        self._api: ApiGatewayV2Client = root.client("apigatewayv2", endpoint_url=where)

    def names(self) -> list[str]:
        """Return the kind and name of all that there is."""
        return [kind for kind, _ in self._things({})]

    def api(self) -> str:
        """Return the id of the only API; an empty one if there is another number of them."""
        found = [api["ApiId"] for api in self._api.get_apis()["Items"]]
        return found[0] if len(found) == 1 else ""

    def dump(self, url: str) -> list[str]:
        """Return all that there is, one line for each thing, as every clean run leaves it.

        Ids are replaced by names, and so is `url`, at which the lab was told that AWS is.
        """
        ids: dict[str, str] = {url: "{url}"}
        lines = []
        for kind, content in self._things(ids):
            line = f"{kind} {json.dumps(_lasting(content), sort_keys=True, default=str)}"
            for which, name in ids.items():
                line = line.replace(which, name)
            lines.append(line)
        return sorted(lines)

    def _things(self, ids: dict[str, str]) -> list[tuple[str, object]]:
        return [*self._tables(), *self._roles(), *self._groups(), *self._lambdas(), *self._apis(ids)]

    def _tables(self) -> Iterator[tuple[str, object]]:
        for name in self._dynamodb.list_tables()["TableNames"]:
            table = self._dynamodb.describe_table(TableName=name)["Table"]
            expiry = self._dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            tags = self._dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
            yield f"table {name}", [table, expiry, tags]

    def _roles(self) -> Iterator[tuple[str, object]]:
        for name in (role["RoleName"] for role in self._iam.list_roles()["Roles"]):
            yield f"role {name}", self._iam.get_role(RoleName=name)["Role"]
            for policy in self._iam.list_role_policies(RoleName=name)["PolicyNames"]:
                document = self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                yield f"policy {name} {policy}", document
            for attached in self._iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                yield f"attached {name}", attached

    def _groups(self) -> Iterator[tuple[str, object]]:
        for group in self._logs.describe_log_groups()["logGroups"]:
            tags = self._logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
            yield f"log group {group['logGroupName']}", [group, tags]

    def _lambdas(self) -> Iterator[tuple[str, object]]:
        for name in (each["FunctionName"] for each in self._functions.list_functions()["Functions"]):
            found = self._functions.get_function(FunctionName=name)
            yield f"function {name}", [found["Configuration"], found["Tags"]]
            try:
                policy = self._functions.get_policy(FunctionName=name)["Policy"]
            except self._functions.exceptions.ResourceNotFoundException:
                continue
            for statement in json.loads(policy)["Statement"]:
                yield f"permission {name}", statement

    def _apis(self, ids: dict[str, str]) -> Iterator[tuple[str, object]]:
        for api in self._api.get_apis()["Items"]:
            of = {"ApiId": api["ApiId"]}
            ids[api["ApiId"]] = "{api}"
            yield "API", api
            for integration in self._api.get_integrations(**of)["Items"]:
                which, name = integration["IntegrationId"], integration.get("Description", "nameless")
                ids[which] = f"{{{name}}}"
                answers = self._api.get_integration_responses(**of, IntegrationId=which)["Items"]
                yield f"integration {name}", [integration, answers]
            for route in self._api.get_routes(**of)["Items"]:
                responses = self._api.get_route_responses(**of, RouteId=route["RouteId"])["Items"]
                yield f"route {route['RouteKey']}", [route, responses]
            for deployment in self._api.get_deployments(**of)["Items"]:
                ids[deployment["DeploymentId"]] = "{deployment}"
                yield "deployment", deployment
            for stage in self._api.get_stages(**of)["Items"]:
                yield "stage", [stage, f"serves {stage.get('DeploymentId')}"]


def _lasting(content: Any) -> Any:  # noqa: ANN401  it is JSON
    """Return an answer without what no two runs have in common."""
    if isinstance(content, dict):
        return {k: _lasting(v) for k, v in content.items() if k not in VOLATILE | IDS}
    if isinstance(content, list):
        return [_lasting(each) for each in content]
    return content
