"""Makes APIs of other people's functions as they do: by AWS's own script, by a template, by hand."""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3

from tests.support.until import until
from tests.support.websocket_api import (
    STAGE,
    TRUST,
    Files,
    TestApi,
    begin_function,
    make_function,
    package,
    until_active,
)
from wschat.lab.aws.cloud import Cloud

HERE = Path(__file__).parent
KIND = "AWS::ApiGatewayV2::"
OWN = {"NODE_OPTIONS": "--no-warnings", "PYTHONPATH": "/nowhere", "GATEWAY_PORT": "9"}
"""What might keep a worker from beginning as it should."""
TABLES = {"TABLE_CR": ("Client-Records", "ID"), "TABLE_RMU": ("Room-Messages-Users", "room")}
"""The lab's tables, and their keys, by the variables in which its functions find the names."""
ROUTES = {
    "$connect": "connect",
    "$disconnect": "disconnect",
    "register": "register",
    "new-room": "create",
    "join-room": "join",
    "dispatch": "dispatch",
    "leave-room": "leave",
}
TWO_WAY = {"register", "join-room"}


def source(*names: str) -> Files:
    """Return files of this folder."""
    return {name: (HERE / name).read_text() for name in names}


def allowed(*actions: str) -> str:
    """Return a policy that allows some actions on everything."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def by_script(clients: Cloud, more: Files = MappingProxyType({})) -> str:
    """Make an API of the Python function by the calls of AWS's own sample; return its URL.

    `more` are files that it takes along.
    """
    name = "CallsPython"
    zipped = package({**source("main.py"), **more})
    make_function(clients, name, zipped, Environment={"Variables": OWN})
    may = allowed("execute-api:ManageConnections", "dynamodb:ListTables")
    policy = clients.iam.create_policy(PolicyName=f"{name}-manage-connections", PolicyDocument=may)
    clients.iam.attach_role_policy(RoleName=f"{name}Role", PolicyArn=policy["Policy"]["Arn"])
    api = clients.api.create_api(
        Name="sample", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )
    for key in ("$connect", "$disconnect", "$default"):
        integration = clients.api.create_integration(
            ApiId=api["ApiId"],
            IntegrationType="AWS_PROXY",
            IntegrationMethod="POST",
            IntegrationUri=clients.lab.invoke_arn(name),
        )
        target = f"integrations/{integration['IntegrationId']}"
        route = clients.api.create_route(ApiId=api["ApiId"], RouteKey=key, Target=target)
        clients.functions.add_permission(
            FunctionName=name,
            StatementId=f"sample-{key.strip('$')}-invoke",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{api['ApiId']}/*/{key}",
        )
    clients.api.create_route_response(
        ApiId=api["ApiId"], RouteId=route["RouteId"], RouteResponseKey="$default"
    )
    clients.api.create_stage(ApiId=api["ApiId"], StageName=STAGE, AutoDeploy=True)
    return f"{api['ApiEndpoint']}/{STAGE}"


def by_template(clients: Cloud, root: boto3.Session) -> str:
    """Make an API of the Node function by a stack, in the shape of AWS's own sample; return its URL."""
    s3 = root.client("s3", endpoint_url=clients.lab.endpoint)
    stacks = root.client("cloudformation", endpoint_url=clients.lab.endpoint)
    s3.create_bucket(Bucket="packaged")
    s3.put_object(Bucket="packaged", Key="code", Body=package(source("main.js", "aws.js")))
    template = json.dumps(_template())
    stacks.create_stack(StackName="sample", TemplateBody=template, Capabilities=["CAPABILITY_IAM"])

    def look() -> Any:  # noqa: ANN401  as boto3 has it
        return stacks.describe_stacks(StackName="sample")["Stacks"][0]

    until(lambda: look()["StackStatus"] == "CREATE_COMPLETE", look)
    return str(look()["Outputs"][0]["OutputValue"])


def _template() -> dict[str, Any]:
    """Return the template: a route for each key, a deployment that waits for none of them, and a stage."""
    api, function = {"Ref": "Api"}, {"Ref": "Function"}
    path = "lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
    resources: dict[str, tuple[str, dict[str, Any]]] = {
        "Api": (
            f"{KIND}Api",
            {
                "Name": "sample",
                "ProtocolType": "WEBSOCKET",
                "RouteSelectionExpression": "$request.body.action",
            },
        ),
        "Role": (
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST]},
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"],
            },
        ),
        "Function": (
            "AWS::Lambda::Function",
            {
                "FunctionName": "CallsNode",
                "Runtime": "nodejs20.x",
                "Handler": "main.handler",
                "Timeout": 25,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"S3Bucket": "packaged", "S3Key": "code"},
                "Environment": {"Variables": OWN},
            },
        ),
        "Permission": (
            "AWS::Lambda::Permission",
            {
                "Action": "lambda:InvokeFunction",
                "FunctionName": function,
                "Principal": "apigateway.amazonaws.com",
            },
        ),
        "Integration": (
            f"{KIND}Integration",
            {
                "ApiId": api,
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:" + path},
            },
        ),
        "Reply": (
            f"{KIND}RouteResponse",
            {"ApiId": api, "RouteId": {"Ref": "Route2"}, "RouteResponseKey": "$default"},
        ),
        "Deployment": (f"{KIND}Deployment", {"ApiId": api}),
        "Stage": (
            f"{KIND}Stage",
            {"ApiId": api, "StageName": STAGE, "DeploymentId": {"Ref": "Deployment"}},
        ),
    }
    target = {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]}
    for number, key in enumerate(("$connect", "$disconnect", "$default")):
        resources[f"Route{number}"] = f"{KIND}Route", {"ApiId": api, "RouteKey": key, "Target": target}
    return {
        "Resources": {name: {"Type": kind, "Properties": each} for name, (kind, each) in resources.items()},
        "Outputs": {"Url": {"Value": {"Fn::Sub": f"${{Api.ApiEndpoint}}/{STAGE}"}}},
    }


def by_hand(clients: Cloud) -> str:
    """Make the lab with its own seven functions, as its steps do; return its URL."""
    for name, key in TABLES.values():
        clients.dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
    variables = {variable: name for variable, (name, _) in TABLES.items()}
    zipped, may = (
        package(source("lab.js", "aws.js")),
        allowed("dynamodb:*", "execute-api:ManageConnections"),
    )
    api = TestApi(clients)
    for key, handler in ROUTES.items():
        name, two_way = f"Labs{handler.title()}", key in TWO_WAY
        settings = {"Runtime": "nodejs20.x", "Handler": f"lab.{handler}"}
        begin_function(clients, name, zipped, Environment={"Variables": variables}, **settings)
        clients.iam.put_role_policy(RoleName=f"{name}Role", PolicyName="may", PolicyDocument=may)
        api.permit(name, key)
        api.route(key, api.proxy(name), expression=two_way, response=two_way)
    api.stage(api.deploy())
    for handler in ROUTES.values():
        until_active(clients, f"Labs{handler.title()}")
    return api.url
