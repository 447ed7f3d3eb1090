"""An API of somebody's own in an account, made by boto3 alone, and what there is in it to break."""

import json
from typing import Any

from tests.support.websocket_api import STAGE, TestApi, make_function
from wschat.doctor.graph import Graph, read
from wschat.lab.aws.cloud import Cloud

KEYS = ("$connect", "say", "$disconnect")
ELSEWHERE = "arn:aws:lambda:eu-west-1:000000000000:function:talks"
OTHER_URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ELSEWHERE}/invocations"


def make_talker(clients: Cloud, name: str) -> str:
    """Make a function whose role may write its log, and nothing else; return its name."""
    make_function(clients, name)
    statement = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    document = json.dumps({"Statement": [statement]})
    clients.iam.put_role_policy(RoleName=f"{name}Role", PolicyName="own", PolicyDocument=document)
    return name


class Own(TestApi):
    """An API of somebody's own, of one function, with what there is to break."""

    def __init__(self, clients: Cloud, function: str) -> None:
        super().__init__(clients)
        self.clients, self.api, self.function = clients, clients.api, function
        self.integration = self.proxy(function)
        for key in KEYS:
            self.route(key, self.integration, response=key == "say", expression=key == "say")
            self.permit(function, key)
        self.stage(self.deploy())

    def graph(self) -> Graph:
        found = read(self.clients, self.url)
        assert found
        return found

    def route_id(self, key: str) -> str:
        return next(
            each["RouteId"] for each in self.api.get_routes(ApiId=self.id)["Items"] if each["RouteKey"] == key
        )

    def change(self, what: str, **params: Any) -> None:  # noqa: ANN401  boto3's
        named = {"integration": {"IntegrationId": self.integration}, "stage": {"StageName": STAGE}}
        ids = named.get(what, {"RouteId": self.route_id(what)} if what in KEYS else {})
        kind = what if what in {"integration", "stage", "api"} else "route"
        getattr(self.api, f"update_{kind}")(ApiId=self.id, **ids, **params)

    def forbid(self, key: str) -> None:
        self.clients.functions.remove_permission(
            FunctionName=self.function, StatementId=f"{self.id}-{key.strip('$')}"
        )

    def permit_from(self, source: str) -> None:
        self.forbid("say")
        self.clients.functions.add_permission(
            FunctionName=self.function,
            StatementId=f"{self.id}-say",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{self.id}/{source}",
        )

    def no_response(self) -> None:
        route = {"ApiId": self.id, "RouteId": self.route_id("say")}
        (found,) = self.api.get_route_responses(**route)["Items"]
        self.api.delete_route_response(**route, RouteResponseId=found["RouteResponseId"])

    def guard(self) -> None:
        made = self.api.create_authorizer(
            ApiId=self.id,
            AuthorizerType="REQUEST",
            Name="guard",
            IdentitySource=["route.request.header.Authorization"],
            AuthorizerUri=OTHER_URI,
        )
        self.change("$connect", AuthorizationType="CUSTOM", AuthorizerId=made["AuthorizerId"])

    def no_stage(self) -> None:
        self.api.delete_stage(ApiId=self.id, StageName=STAGE)

    def reserve(self, number: int) -> None:
        self.clients.functions.put_function_concurrency(
            FunctionName=self.function, ReservedConcurrentExecutions=number
        )

    def one_way(self) -> None:
        self.route("bye", self.integration, response=False, expression=False)
        self.permit(self.function, "bye")

    def no_deployment(self) -> None:
        self.no_stage()
        self.stage(None)
