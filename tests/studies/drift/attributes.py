"""What becomes of each attribute that AWS tells of a lab's resources: compared, or not looked at, and why."""

from collections.abc import Iterator
from typing import Any

import botocore.session

from wschat.lab.aws import KINDS

SHAPES = {
    "table": ("dynamodb", "DescribeTable", "Table"),
    "role": ("iam", "GetRole", "Role"),
    "log group": ("logs", "DescribeLogGroups", "logGroups"),
    "function": ("lambda", "GetFunction", "Configuration"),
    "API": ("apigatewayv2", "GetApis", "Items"),
    "integration": ("apigatewayv2", "GetIntegrations", "Items"),
    "integration response": ("apigatewayv2", "GetIntegrationResponses", "Items"),
    "route": ("apigatewayv2", "GetRoutes", "Items"),
    "route response": ("apigatewayv2", "GetRouteResponses", "Items"),
    "deployment": ("apigatewayv2", "GetDeployments", "Items"),
    "stage": ("apigatewayv2", "GetStages", "Items"),
}
"""botocore's service, the operation that tells of a kind of resource, and where in its answer."""
READ = {
    "table": "TableName AttributeDefinitions KeySchema BillingModeSummary CreationDateTime TableArn",
    "role": "RoleName RoleId AssumeRolePolicyDocument CreateDate Tags",
    "log group": "logGroupName arn creationTime",
    "function": "FunctionName Role CodeSha256 Architectures Environment State StateReason LastUpdateStatus"
    " LastUpdateStatusReason LastModified",
    "API": "ApiId CreatedDate Tags",
    "integration": "IntegrationId RequestTemplates TemplateSelectionExpression",
    "integration response": "IntegrationResponseId IntegrationResponseKey ResponseTemplates"
    " TemplateSelectionExpression",
    "route": "RouteId RouteResponseSelectionExpression Target",
    "route response": "RouteResponseKey",
    "deployment": "DeploymentId DeploymentStatus DeploymentStatusMessage",
    "stage": "DeploymentId Tags AutoDeploy CreatedDate LastUpdatedDate",
}
"""What is read beside the `Annotated` attributes: in a form of its own, or in order to know what it is."""
AWS_OWN = "AWS's own: nobody sets it, or it follows from what is compared"
TEXT = "text for people"
HTTP_ONLY = "HTTP APIs only"
NOT_LOOKED_AT = {
    "table": {
        AWS_OWN: "TableSizeBytes ItemCount TableId ProvisionedThroughput LatestStreamLabel LatestStreamArn",
        "goes with it, and no function uses it": "LocalSecondaryIndexes GlobalSecondaryIndexes VectorIndexes",
        "of its key, which is told": "SSEDescription.Status SSEDescription.SSEType"
        " SSEDescription.InaccessibleEncryptionDateTime",
        "who reads a stream is told at the function": "StreamSpecification",
        "only with replicas, which are told": "GlobalTableVersion GlobalTableWitnesses MultiRegionConsistency"
        " GlobalTableSettingsReplicationMode",
        "only its price": "TableClassSummary WarmThroughput",
        "history": "RestoreSummary ArchivalSummary",
    },
    "role": {
        AWS_OWN: "Arn RoleLastUsed SourceRoleTemplate",
        TEXT: "Description",
        "of its boundary, which is told": "PermissionsBoundary.PermissionsBoundaryType",
        "of sessions that its trust lets nobody but Lambda begin": "MaxSessionDuration",
    },
    "log group": {
        AWS_OWN: "metricFilterCount storedBytes logGroupArn inheritedProperties",
        "masks what is read, for whoever set it": "dataProtectionStatus",
        "who else may write there": "bearerTokenAuthenticationEnabled",
    },
    "function": {
        AWS_OWN: "FunctionArn CodeSize Version RevisionId ConfigSha256 StateReasonCode MasterArn"
        " LastUpdateStatusReasonCode RuntimeVersionConfig SnapStart.OptimizationStatus",
        "chosen when it is made, and differs in runtime and code": "PackageType ImageConfigResponse",
        "chosen when it is made": "TenancyConfig CapacityProviderConfig DurableConfig",
        "of its subnets, which are compared": "VpcConfig.VpcId VpcConfig.Ipv6AllowedForDualStack",
        "only of JSON, which is compared": "LoggingConfig.ApplicationLogLevel LoggingConfig.SystemLogLevel",
        "signed code is other code": "SigningProfileVersionArn SigningJobArn",
    },
    "API": {
        AWS_OWN: "ApiEndpoint ApiGatewayManaged ImportInfo Warnings",
        TEXT: "Version",
        HTTP_ONLY: "CorsConfiguration",
        "only where a route asks for a key, which is compared": "ApiKeySelectionExpression",
        "only with models, which are compared": "DisableSchemaValidation",
        "IPv6 lets in nobody else": "IpAddressType",
    },
    "integration": {
        AWS_OWN: "ApiGatewayManaged IntegrationResponseSelectionExpression",
        HTTP_ONLY: "IntegrationSubtype ResponseParameters TlsConfig PayloadFormatVersion",
        "leads to other types, and the type is compared": "ConnectionId ConnectionType",
        "a proxy integration hands on the event as it is": "RequestParameters",
        "only where no template fits, and templates are compared": "PassthroughBehavior",
    },
    "integration response": {
        "its body is text without parameters": "ContentHandlingStrategy ResponseParameters",
    },
    "route": {
        AWS_OWN: "ApiGatewayManaged",
        TEXT: "OperationName",
        "only with an authorization, which is compared": "AuthorizationScopes AuthorizerId",
        "only with models, which are compared": "ModelSelectionExpression",
    },
    "route response": {
        AWS_OWN: "RouteResponseId",
        "what a function returns is sent on": "ModelSelectionExpression ResponseModels ResponseParameters",
    },
    "deployment": {
        AWS_OWN: "AutoDeployed CreatedDate",
    },
    "stage": {
        AWS_OWN: "ApiGatewayManaged LastDeploymentStatusMessage",
        TEXT: "Description",
        "a log of whoever set it": "AccessLogSettings",
        "of HTTP back ends": "ClientCertificateId",
        "no function reads them": "StageVariables",
    },
}
"""By kind, and why: which attributes of it."""


def told(kind: str) -> Iterator[str]:
    """Yield the attributes that AWS tells of a kind; of an object of which a part is compared, the parts."""
    service, operation, where = SHAPES[kind]
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    paths = KINDS[kind].parameters().values() if kind in KINDS else ()
    answer: Any = model.output_shape
    for name, shape in _inner(answer.members[where]).members.items():
        if any(path.startswith(f"{name}.") for path in paths):
            yield from (f"{name}.{part}" for part in _inner(shape).members)
        else:
            yield name


def _inner(shape: Any) -> Any:  # noqa: ANN401  botocore's have no types
    return shape.member if shape.type_name == "list" else shape


def unlooked() -> Iterator[tuple[str, str, str]]:
    """Yield kind, attributes, and why they are not looked at, in one row for each reason."""
    for kind, reasons in NOT_LOOKED_AT.items():
        for why, names in reasons.items():
            yield kind, " ".join(f"`{name}`" for name in names.split()), why


def decided(kind: str) -> list[str]:
    """Return the attributes of a kind of which it is decided what becomes of them."""
    compared = KINDS[kind].parameters().values() if kind in KINDS else ()
    named = " ".join([READ[kind], *NOT_LOOKED_AT.get(kind, {}).values()])
    return [*(path.partition("[")[0] for path in compared), *named.split()]
