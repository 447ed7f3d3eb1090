"""Whom a Lambda authorizer lets in, and what functions are told of it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.websocket_api import (
    ERROR,
    STAGE,
    TestApi,
    ask,
    event_of,
    make_function,
    opened,
    package,
    refusal,
    refused,
)
from tests.unit.local.gateway.conftest import REFUSED, headers_of
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.admission import read

NAME = "Doorkeeper"
DOORKEEPER = """
import json

def handler(event, context):
    print(json.dumps(event))
    told = json.loads(event["headers"]["X-Told"])
    if "raise" in told:
        raise Exception(told["raise"])
    effect, resource = told.get("effect", "Allow"), told.get("resource", event["methodArn"])
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    answer = {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return told.get("whole", {**answer, **told.get("more", {})})
"""
SOURCES = ["route.request.header.X-Told", "route.request.querystring.q"]


class GuardedApi(TestApi):
    """An API whose `$connect` asks an authorizer, if a handshake has its sources."""

    def __init__(self, clients: Cloud, function: str) -> None:
        super().__init__(clients)
        proxy = self.proxy(function)
        self.uri = clients.lab.invoke_arn(NAME)
        self.authorizer = clients.api.create_authorizer(
            ApiId=self.id, Name="a", AuthorizerType="REQUEST", AuthorizerUri=self.uri, IdentitySource=SOURCES
        )["AuthorizerId"]
        self.route("$connect", proxy, AuthorizationType="CUSTOM", AuthorizerId=self.authorizer)
        for key in ("$connect", "$disconnect", "echo"):
            self.permit(function, key)
            if key != "$connect":
                self.route(key, proxy)
        self.permit_authorizer(clients)
        self.stage(self.deploy())

    def permit_authorizer(self, clients: Cloud) -> None:
        """Let the authorizer invoke its function."""
        clients.functions.add_permission(
            FunctionName=NAME,
            StatementId=f"{self.id}-a",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{self.id}/authorizers/{self.authorizer}",
        )


@pytest.fixture(scope="module")
def guarded(clients: Cloud, mirror: str) -> GuardedApi:
    """An API whose `$connect` asks an authorizer that does what the header X-Told says."""
    make_function(clients, NAME, package({"main.py": DOORKEEPER}))
    return GuardedApi(clients, mirror)


def told(**what: object) -> dict[str, str]:
    """Return the header that tells the authorizer what to do."""
    return {"X-Told": json.dumps(what)}


def test_whom_an_authorizer_lets_in(clients: Cloud, guarded: GuardedApi) -> None:
    """What it says of who connects is in all events, as texts; how long it took is in the first alone."""
    context = {"text": "a", "number": 7, "float": 1.5, "yes": True, "empty": "", "none": None}
    with opened(f"{guarded.url}?q=1", additional_headers=told(more={"context": context})) as client:
        seen = ask(client, {"action": "echo"})["requestContext"]
    known = {"text": "a", "number": "7", "float": "1.5", "yes": "true", "empty": "", "principalId": "me"}
    assert [*seen][:3] == ["routeKey", "authorizer", "messageId"]
    assert seen["authorizer"] == known
    ended = event_of(clients, "Mirror", seen["connectionId"], "DISCONNECT")["requestContext"]
    assert [*ended][:3] == ["routeKey", "disconnectStatusCode", "authorizer"]
    assert ended["authorizer"] == known
    begun = event_of(clients, "Mirror", seen["connectionId"], "CONNECT")["requestContext"]
    assert isinstance(begun["authorizer"].pop("integrationLatency"), int)
    assert begun["authorizer"] == known


def test_what_an_authorizer_is_asked(clients: Cloud, guarded: GuardedApi) -> None:
    """The event has the route's ARN, all headers, those of the hop too, and a key for what is empty."""
    with opened(f"{guarded.url}?q=1&q=2", additional_headers=told()) as client:
        connection = ask(client, {"action": "echo"})["requestContext"]["connectionId"]
    event = event_of(clients, NAME, connection, "CONNECT")
    arn = f"arn:aws:execute-api:us-east-1:000000000000:{guarded.id}/{STAGE}/$connect"
    assert (event["type"], event["methodArn"]) == ("REQUEST", arn)
    assert [*event] == [
        "type",
        "methodArn",
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "stageVariables",
        "requestContext",
    ]
    assert {"Connection": "upgrade", "content-length": "0", "Upgrade": "websocket"}.items() <= event[
        "headers"
    ].items()
    assert [*event["headers"]] == sorted(event["headers"], key=str.lower)
    assert event["queryStringParameters"] == {"q": "2"}
    assert event["stageVariables"] == {}
    assert "authorizer" not in event["requestContext"]


def test_no_cache_of_verdicts(guarded: GuardedApi) -> None:
    """Each handshake is asked about anew, whatever was said of the same identity before."""
    with opened(f"{guarded.url}?q=1", additional_headers=told()):
        assert refused(f"{guarded.url}?q=1", told(effect="Deny"))[0] == 403


PART = "execute-api:Invoke"
DENIED = {
    "a denial": ({"effect": "Deny"}, "with an explicit deny in an identity-based policy"),
    "of another route": (
        {"resource": "arn:aws:execute-api:*:*:*/*/other"},
        f"because no identity-based policy allows the {PART} action",
    ),
    "of another API": (
        {"resource": "arn:aws:execute-api:us-east-1:000000000000:zzzzzzzz/*"},
        f"because no identity-based policy allows the {PART} action",
    ),
}


@pytest.mark.parametrize(("what", "why"), DENIED.values(), ids=DENIED)
def test_whom_an_authorizer_denies(guarded: GuardedApi, what: dict[str, Any], why: str) -> None:
    """A policy that denies, or does not allow, the route ends with 403, and says which."""
    answer = refusal(f"{guarded.url}?q=1", told(**what))
    assert (answer.status_code, headers_of(answer)) == (403, REFUSED)
    message = f"User is not authorized to access this resource {why}"
    assert re.fullmatch(ERROR % re.escape(message), answer.body.decode())


@pytest.mark.parametrize(
    "resource", ["*", "arn:aws:execute-api:us-east-1:*:*/test/*", "arn:aws:execute-api:*:*:*/*/$conn?ct"]
)
def test_wildcards_of_an_authorizer(guarded: GuardedApi, resource: str) -> None:
    """A policy may mean many routes."""
    with opened(f"{guarded.url}?q=1", additional_headers=told(resource=resource)):
        pass


UNASKED: dict[str, tuple[str, Mapping[str, str]]] = {
    "no header": ("?q=1", {}),
    "an empty header": ("?q=1", {"X-Told": ""}),
    "no query": ("", told()),
    "an empty query": ("?q=", told()),
    "the last is empty": ("?q=1&q=", told()),
    "it says so": ("?q=1", told(**{"raise": "Unauthorized"})),
}


@pytest.mark.parametrize(("query", "headers"), UNASKED.values(), ids=UNASKED)
def test_unauthorized(guarded: GuardedApi, query: str, headers: Mapping[str, str]) -> None:
    """A handshake without an identity to ask about, or with one that is not known, ends with 401."""
    answer = refusal(f"{guarded.url}{query}", headers)
    assert (answer.status_code, headers_of(answer)) == (401, REFUSED)
    assert re.fullmatch(ERROR % "Unauthorized", answer.body.decode())


ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NO_VERDICTS: dict[str, dict[str, Any]] = {
    "raises": {"raise": "boom"},
    "no policy": {"whole": {"unexpected": "answer"}},
    "a simple response": {"whole": {"isAuthorized": True}},
    "a policy that is none": {"more": {"policyDocument": "no policy"}},
    "another effect": {"effect": "Perhaps"},
    "an action that is none": {"more": {"policyDocument": {"Statement": {**ALLOW, "Action": 1}}}},
    "a condition that is none": {"more": {"policyDocument": {"Statement": {**ALLOW, "Condition": "x"}}}},
    "a nested principal": {"more": {"principalId": {"a": 1}}},
    "a nested context": {"more": {"context": {"a": {"b": 1}}}},
    "a list in the context": {"more": {"context": {"a": [1]}}},
    "a context that is none": {"more": {"context": "a"}},
}


@pytest.mark.parametrize("what", NO_VERDICTS.values(), ids=NO_VERDICTS)
def test_authorizers_that_fail(guarded: GuardedApi, what: dict[str, Any]) -> None:
    """An authorizer that raises, or returns what is no verdict, ends with 500, and no message."""
    answer = refusal(f"{guarded.url}?q=1", told(**what))
    assert (answer.status_code, len(answer.body)) == (500, 86)
    assert re.fullmatch(ERROR % "", answer.body.decode())


@pytest.mark.parametrize("principal", [None, "", 7])
def test_principals(guarded: GuardedApi, principal: object) -> None:
    """A principal is a text; an empty one stays, and none is left out."""
    with opened(f"{guarded.url}?q=1", additional_headers=told(more={"principalId": principal})) as client:
        seen = ask(client, {"action": "echo"})["requestContext"]["authorizer"]
    assert seen == ({} if principal is None else {"principalId": str(principal)})


CONTEXT = {"context.connectionId": 101, "context.identity.sourceIp": 101, "context.eventType": 401}
FOUND = {**CONTEXT, "context.nothing": 401, "stageVariables.colour": 101, "stageVariables.shade": 401}


def test_other_identity_sources(clients: Cloud, guarded: GuardedApi) -> None:
    """An identity may be of the context or a stage variable; an authorizer without one is always asked."""
    of: Any = {"ApiId": guarded.id, "AuthorizerId": guarded.authorizer}
    for source, status in (*FOUND.items(), (None, 101)):
        clients.api.update_authorizer(**of, IdentitySource=[source] if source else [])
        deployment: Any = {"ApiId": guarded.id, "StageName": STAGE, "DeploymentId": guarded.deploy()}
        clients.api.update_stage(**deployment, StageVariables={"colour": "blue"})
        if status == 101:
            with opened(guarded.url, additional_headers=told()):
                pass
        else:
            assert refused(guarded.url, told())[0] == status, source
    clients.api.update_authorizer(**of, IdentitySource=SOURCES)


def test_authorizers_that_may_not_be_invoked(clients: Cloud, guarded: GuardedApi) -> None:
    """API Gateway must be allowed to invoke the authorizer, besides the route's function; else it is 500."""
    clients.functions.remove_permission(FunctionName=NAME, StatementId=f"{guarded.id}-a")
    status, body = refused(f"{guarded.url}?q=1", told())
    assert (status, body["message"]) == (500, "Internal server error")
    guarded.permit_authorizer(clients)
    with opened(f"{guarded.url}?q=1", additional_headers=told()):
        pass


def test_an_authorizer_as_a_role(clients: Cloud, guarded: GuardedApi) -> None:
    """An authorizer with a role is invoked as that, and a stage's variable may name its function."""
    clients.functions.remove_permission(FunctionName=NAME, StatementId=f"{guarded.id}-a")
    principal = {"Service": "apigateway.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    role = clients.iam.create_role(RoleName="asks", AssumeRolePolicyDocument=json.dumps({"Statement": trust}))
    clients.api.update_authorizer(
        ApiId=guarded.id,
        AuthorizerId=guarded.authorizer,
        AuthorizerCredentialsArn=role["Role"]["Arn"],
        AuthorizerUri=guarded.uri.replace(NAME, "${stageVariables.keeper}"),
    )
    served: Any = {"ApiId": guarded.id, "StageName": STAGE, "DeploymentId": guarded.deploy()}
    clients.api.update_stage(**served, StageVariables={"keeper": NAME})
    assert refused(f"{guarded.url}?q=1", told())[0] == 500
    allowed = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": f"*:function:{NAME}"}
    document = json.dumps({"Statement": allowed})
    clients.iam.put_role_policy(RoleName="asks", PolicyName="p", PolicyDocument=document)
    with opened(f"{guarded.url}?q=1", additional_headers=told()):
        pass


def test_an_authorizer_that_is_not_there(clients: Cloud) -> None:
    """A route with an authorizer that is not there lets nobody in."""
    api = TestApi(clients)
    route: Any = {"ApiId": api.id, "RouteKey": "$connect", "Target": f"integrations/{api.mock()}"}
    clients.api.create_route(**route, AuthorizationType="CUSTOM", AuthorizerId="any")
    api.stage(api.deploy())
    assert refused(api.url)[0] == 500


def test_two_authorizations(api: TestApi) -> None:
    """Of two of these headers nobody chooses one; the page is the load balancer's before API Gateway."""
    answer = refusal(api.url, [("Authorization", "one"), ("Authorization", "two")])
    head = {name.lower(): value for name, value in answer.headers.raw_items() if name.lower() != "date"}
    told = {
        "server": "awselb/2.0",
        "content-type": "text/html",
        "content-length": "122",
        "connection": "close",
    }
    assert (answer.status_code, head) == (400, told)
    assert b"<center><h1>400 Bad Request</h1></center>\r\n" in answer.body


@pytest.mark.parametrize("returned", [b"no JSON", b"[]", b"null", b'"text"', b"[" * 100_000])
def test_what_is_no_answer(returned: bytes) -> None:
    """What is no object is no answer of an authorizer's."""
    assert read(returned) == (None, None)
