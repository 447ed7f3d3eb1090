"""The APIs and the function that the probes ask, and how; whatever happens they are removed."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.live import probe_function
from tests.live.account import no_interrupts
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import log_group_of
from wschat.recording import recorder

STAGE = "probe"
PATIENCE_S = 5.0
SHOWN = 300  # characters
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


class Probe:
    """A function that does what it is told, and three APIs that lead to it, all of them of a lab's prefix.

    Attributes:
        url: of an API with `$connect`, `$disconnect`, `two-way`, `one-way`, `late`, `5`, `true`, `$default`.
        signed_url: of one that asks for AWS_IAM.
        doomed: the id of one that has `$default` alone; `doomed_url` is its URL.
        lab_url: of the lab beside.
        patience: seconds after which nothing more is expected.
        is_aws: whether there is time to wait for what AWS does after minutes.
    """

    def __init__(
        self, cloud: Cloud, lab_url: str = "", *, is_aws: bool = False, patience: float = PATIENCE_S
    ) -> None:
        self.cloud, self.lab_url, self.is_aws, self.patience = cloud, lab_url, is_aws, patience
        self.name = cloud.lab.name("Probe")
        self._apis: list[str] = []

    def __enter__(self) -> Self:
        try:
            self._make()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def _make(self) -> None:
        cloud, lab = self.cloud, self.cloud.lab
        group = log_group_of(self.name)
        cloud.call(cloud.logs.create_log_group, logGroupName=group)
        trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        cloud.call(cloud.iam.create_role, RoleName=f"{self.name}Role", AssumeRolePolicyDocument=trust)
        may = [
            ("logs:*", lab.arn("logs", f"log-group:{group}:*")),
            ("execute-api:ManageConnections", lab.arn("execute-api", f"*/{STAGE}/*/@connections/*")),
        ]
        allowed = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in may]
        policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        write = cloud.iam.put_role_policy
        cloud.call(write, RoleName=f"{self.name}Role", PolicyName="probe", PolicyDocument=policy)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("probe_function.py", Path(probe_function.__file__).read_text())
        cloud.call(
            cloud.functions.create_function,
            FunctionName=self.name,
            Runtime="python3.13",
            Role=lab.arn("iam", f"role/{self.name}Role"),
            Handler="probe_function.handler",
            Timeout=20,
            Code={"ZipFile": packed.getvalue()},
            Environment={"Variables": {"CALLBACKS": lab.callbacks}},
        )
        cloud.poll(
            lambda found: found is not None and found["Configuration"]["State"] == "Active",
            "the probes' function is not active yet",
            cloud.functions.get_function,
            FunctionName=self.name,
        )
        two_way = dict.fromkeys(("two-way", "5", "true", "$default"), 29_000) | {"late": 50}
        self.url = self._api({"$connect": 29_000, "$disconnect": 29_000, "one-way": 29_000}, two_way)
        self.signed_url = self._api({"$connect": 29_000}, {"$default": 29_000}, AuthorizationType="AWS_IAM")
        self.doomed_url = self._api({}, {"$default": 29_000})
        self.doomed = self._apis[-1]

    def _api(self, one_way: dict[str, int], two_way: dict[str, int], **connect: str) -> str:
        """Make an API whose routes lead to the function within so many milliseconds; return its URL."""
        cloud, lab = self.cloud, self.cloud.lab
        made = cloud.call(
            cloud.api.create_api,
            Name=f"{self.name}{len(self._apis)}",
            ProtocolType="WEBSOCKET",
            RouteSelectionExpression="$request.body.action",
        )
        api = made["ApiId"]
        self._apis.append(api)
        cloud.call(
            cloud.functions.add_permission,
            FunctionName=self.name,
            StatementId=api,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=lab.arn("execute-api", f"{api}/*/*"),
        )
        integrations: dict[int, str] = {}
        for key, milliseconds in (one_way | two_way).items():
            if milliseconds not in integrations:
                integrations[milliseconds] = cloud.call(
                    cloud.api.create_integration,
                    ApiId=api,
                    IntegrationType="AWS_PROXY",
                    IntegrationMethod="POST",
                    IntegrationUri=lab.invoke_arn(self.name),
                    TimeoutInMillis=milliseconds,
                )["IntegrationId"]
            settings: Any = {"ApiId": api, "RouteKey": key} | (connect if key == "$connect" else {})
            target = f"integrations/{integrations[milliseconds]}"
            route = cloud.call(cloud.api.create_route, Target=target, **settings)["RouteId"]
            if key in two_way:
                make = cloud.api.create_route_response
                cloud.call(make, ApiId=api, RouteId=route, RouteResponseKey="$default")
        deployment = cloud.call(cloud.api.create_deployment, ApiId=api)["DeploymentId"]
        cloud.call(cloud.api.create_stage, ApiId=api, StageName=STAGE, DeploymentId=deployment)
        return lab.url(api, STAGE)

    def _remove(self) -> None:
        """Remove all of it, as far as it was made; nobody's Ctrl-C stops that."""
        cloud, role = self.cloud, f"{self.name}Role"
        removals: list[tuple[Callable[..., Any], dict[str, Any]]] = [
            *((cloud.api.delete_api, {"ApiId": api}) for api in self._apis),
            (cloud.functions.delete_function, {"FunctionName": self.name}),
            (cloud.iam.delete_role_policy, {"RoleName": role, "PolicyName": "probe"}),
            (cloud.iam.delete_role, {"RoleName": role}),
            (cloud.logs.delete_log_group, {"logGroupName": log_group_of(self.name)}),
        ]
        with no_interrupts():
            for remove, which in removals:
                cloud.find(remove, **which)

    @contextmanager
    def opened(self, url: str = "", told: object = None, **options: Any) -> Iterator[ClientConnection]:  # noqa: ANN401
        """Connect, and tell `$connect` what to do; all of it is recorded."""
        url = url or self.url
        headers = {"X-Probe": json.dumps(told)} if told else None
        options = {
            "compression": None,
            "ping_interval": None,
            "open_timeout": 30,
            "close_timeout": 2,
        } | options
        with recorder.handshake(url) as logger:
            client = connect(url, additional_headers=headers, logger=logger, **options)
        with client:
            yield client

    def handshake(self, url: str = "", told: object = None, **options: Any) -> str:  # noqa: ANN401
        """Connect and leave; return what came of it."""
        try:
            with self.opened(url, told, **options) as client:
                headers = dict(client.response.headers.raw_items()) if client.response else {}
                return f"accepted; {headers}"[:SHOWN]
        except InvalidStatus as refused:
            answer = refused.response
            body = bytes(answer.body or b"").decode(errors="replace")
            return f"refused, {answer.status_code} {body} {dict(answer.headers.raw_items())}"

    def ask(self, client: ClientConnection, message: Any, patience: float = 0) -> str:  # noqa: ANN401
        """Send a message, or nothing; return what comes back first, be it a close."""
        patience = patience or self.patience
        try:
            if message is not None:
                plain = isinstance(message, str | bytes | list)
                client.send(message if plain else json.dumps(message))
            return str(client.recv(timeout=patience))[:SHOWN]
        except TimeoutError:
            return f"nothing in {patience:.0f} s"
        except ConnectionClosed as closed:
            return f"closed, {closed.rcvd.code} {closed.rcvd.reason!r}" if closed.rcvd else "cut off"

    def event(self, connection: str, kind: str, patience: float) -> dict[str, Any] | None:
        """Wait for the event of a connection that the function logs; return its `requestContext`."""
        read = self.cloud.logs.get_paginator("filter_log_events")
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            lines = read.paginate(logGroupName=log_group_of(self.name)).search("events[].message")
            for text in lines:
                if connection in text and kind in text:
                    context: dict[str, Any] = json.loads(text[text.index("{") :])["requestContext"]
                    return context
            time.sleep(0.5)
        return None
