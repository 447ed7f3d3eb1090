"""What exists in AWS, read back into the classes of the model."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wschat.lab.cloud import Cloud, find, translated
from wschat.lab.model import (
    API,
    POLICY_NAME,
    TAG,
    Actual,
    Api,
    Deployment,
    Function,
    Integration,
    LogGroup,
    Permission,
    Policy,
    Resource,
    Role,
    Route,
    Stage,
    Table,
    canonical,
)

CHANGING = {"CREATING", "DELETING", "UPDATING"}


@dataclass(frozen=True)
class Found:
    """A resource as it is; `id` where AWS chose one; whose it is by its tag."""

    resource: Resource
    id: str = ""
    ours: bool = True


def observe(cloud: Cloud, desired: Iterable[Resource]) -> Actual:
    """Look for each desired resource by its name, and for all that is inside of our API.

    Raises:
        WschatError: AWS could not be asked.
    """
    with translated("looking at what exists"):
        found = list(_all(cloud, tuple(desired)))
    ours = [each for each in found if each.ours]
    return Actual(
        resources={each.resource.key: each.resource for each in ours},
        ids={each.resource.key: each.id for each in ours if each.id},
        strangers=tuple(each.resource for each in found if not each.ours),
    )


def _all(cloud: Cloud, desired: tuple[Resource, ...]) -> Iterator[Found]:
    names = {kind: [each.name for each in desired if isinstance(each, kind)] for kind in map(type, desired)}
    apis = [each for name in names[Api] for each in _apis(cloud, name)]
    api_id = next((each.id for each in apis if each.ours), None)
    for name in names[Table]:
        yield from _table(cloud, name)
    for name in names[Role]:
        yield from _role(cloud, name, api_id)
    for name in names[LogGroup]:
        yield from _log_group(cloud, name)
    for name in names[Function]:
        yield from _function(cloud, name, api_id)
    yield from apis
    if api_id:
        yield from find(lambda: list(_inside_api(cloud, api_id))) or ()


def _is_ours(cloud: Cloud, tags: Any) -> bool:  # noqa: ANN401  a map, or a list of keys and values
    if not isinstance(tags, dict):
        tags = {tag["Key"]: tag["Value"] for tag in tags or ()}
    return bool(tags.get(TAG) == cloud.lab.tags[TAG])


def _with_api(document: object, api_id: str | None) -> str:
    text = canonical(document)
    return text.replace(api_id, API) if api_id else text


def _table(cloud: Cloud, name: str) -> Iterator[Found]:
    described = find(cloud.dynamodb.describe_table, TableName=name)

    def settled() -> bool:
        nonlocal described
        described = find(cloud.dynamodb.describe_table, TableName=name)
        return described is None or described["Table"].get("TableStatus") not in CHANGING

    cloud.wait(settled, f"table {name}")
    if described is None:
        return
    table = described["Table"]
    ttl = cloud.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    tags = cloud.dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"]).get("Tags")
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    keys = [each["AttributeName"] for each in table["KeySchema"]]
    yield Found(
        Table(
            name=name,
            partition_key=",".join(key if types[key] == "S" else f"{key}:{types[key]}" for key in keys),
            ttl=ttl.get("AttributeName") if "ENABL" in ttl.get("TimeToLiveStatus", "") else None,
            billing=table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        ),
        ours=_is_ours(cloud, tags),
    )


def _role(cloud: Cloud, name: str, api_id: str | None) -> Iterator[Found]:
    found = find(cloud.iam.get_role, RoleName=name)
    if found is None:
        return
    ours = _is_ours(cloud, found["Role"].get("Tags"))
    yield Found(Role(name=name, trust=_with_api(found["Role"]["AssumeRolePolicyDocument"], None)), ours=ours)
    inline = find(cloud.iam.get_role_policy, RoleName=name, PolicyName=POLICY_NAME)
    if inline and ours:
        yield Found(Policy(name=name, document=_with_api(inline["PolicyDocument"], api_id)))


def _log_group(cloud: Cloud, name: str) -> Iterator[Found]:
    pages = cloud.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    for group in (group for page in pages for group in page["logGroups"]):
        if group["logGroupName"] == name:
            arn = group["arn"].removesuffix(":*")
            tags = cloud.logs.list_tags_for_resource(resourceArn=arn)["tags"]
            yield Found(
                LogGroup(name=name, retention_days=group.get("retentionInDays")), ours=_is_ours(cloud, tags)
            )


def _function(cloud: Cloud, name: str, api_id: str | None) -> Iterator[Found]:
    found = find(cloud.functions.get_function, FunctionName=name)
    if found is None:
        return
    ours, configuration = _is_ours(cloud, found.get("Tags", {})), found["Configuration"]
    environment = configuration.get("Environment", {}).get("Variables", {})
    yield Found(
        Function(
            name=name,
            role=configuration["Role"].rpartition("/")[2],
            handler=configuration.get("Handler", ""),
            code=configuration["CodeSha256"],
            runtime=configuration.get("Runtime", ""),
            architecture=",".join(configuration.get("Architectures", ())),
            memory=configuration["MemorySize"],
            timeout=configuration["Timeout"],
            environment=tuple(sorted(environment.items())),
        ),
        ours=ours,
    )
    policy = find(cloud.functions.get_policy, FunctionName=name) if ours else None
    for statement in json.loads(policy["Policy"])["Statement"] if policy else ():
        conditions = statement.get("Condition", {})
        source = conditions.get("ArnLike", {}).get("AWS:SourceArn") or canonical(conditions)
        source = source.replace(api_id, API) if api_id else source
        yield Found(Permission(name=f"{name}:{statement['Sid']}", function=name, source=source))


def _apis(cloud: Cloud, name: str) -> Iterator[Found]:
    """Names of APIs are not unique: of those that are ours the oldest is the lab's, any other is spare."""
    pages = cloud.api.get_paginator("get_apis").paginate()
    apis = [api for page in pages for api in page["Items"] if api["Name"] == name]
    names = Names()
    for api in sorted(apis, key=lambda api: str(api.get("CreatedDate"))):
        ours = _is_ours(cloud, api.get("Tags"))
        unique = names.unique(name, api["ApiId"]) if ours else name
        resource = Api(name=unique, selection=api.get("RouteSelectionExpression", ""))
        yield Found(resource, id=api["ApiId"], ours=ours)


class Names:
    """Makes names unique that are not so in AWS, so that what was made twice is seen as too much."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str | None, found: str) -> str:
        """Return a name, with the id behind it if another has that name, or the id if it has none."""
        if name is None:
            return found
        unique = f"{name} ({found})" if name in self._taken else name
        self._taken.add(name)
        return unique


def _inside_api(cloud: Cloud, api_id: str) -> Iterator[Found]:
    integrations = list(_integrations(cloud, api_id))
    yield from integrations
    names = {each.id: each.resource.name for each in integrations}
    routes = cloud.api.get_paginator("get_routes").paginate(ApiId=api_id)
    for route in (route for page in routes for route in page["Items"]):
        two_way = route.get("RouteResponseSelectionExpression") == "$default" and any(
            response["RouteResponseKey"] == "$default"
            for response in cloud.api.get_route_responses(ApiId=api_id, RouteId=route["RouteId"])["Items"]
        )
        target = route.get("Target", "").rpartition("/")[2]
        yield Found(
            Route(
                name=route["RouteKey"],
                integration=names.get(target),
                two_way=two_way,
                authorization=route.get("AuthorizationType", "NONE"),
            ),
            id=route["RouteId"],
        )
    digests: dict[str, str] = {}
    unique = Names().unique
    deployments = cloud.api.get_paginator("get_deployments").paginate(ApiId=api_id)
    for deployment in (deployment for page in deployments for deployment in page["Items"]):
        found = deployment["DeploymentId"]
        digests[found] = unique(deployment.get("Description") or None, found)
        yield Found(Deployment(name=digests[found]), id=found)
    stages = cloud.api.get_paginator("get_stages").paginate(ApiId=api_id)
    for stage in (stage for page in stages for stage in page["Items"]):
        serves, auto = digests.get(stage.get("DeploymentId", "")), stage.get("AutoDeploy", False)
        yield Found(Stage(name=stage["StageName"], deployment=serves, auto_deploy=auto))


def _integrations(cloud: Cloud, api_id: str) -> Iterator[Found]:
    prefix, _, suffix = cloud.lab.invoke_arn("|").partition("|")
    pages = cloud.api.get_paginator("get_integrations").paginate(ApiId=api_id)
    unique = Names().unique
    for integration in (integration for page in pages for integration in page["Items"]):
        found, uri = integration["IntegrationId"], integration.get("IntegrationUri", "")
        function, request, answer = None, None, None
        if integration.get("IntegrationType") == "AWS_PROXY":
            function = uri.removeprefix(prefix).removesuffix(suffix)
        else:
            responses = cloud.api.get_integration_responses(ApiId=api_id, IntegrationId=found)["Items"]
            templates = [response.get("ResponseTemplates", {}).get("$default") for response in responses]
            answer = next(iter(templates), None)
            request = integration.get("RequestTemplates", {}).get("$default")
        name = unique(integration.get("Description") or None, found)
        yield Found(Integration(name=name, function=function, request=request, answer=answer), id=found)
