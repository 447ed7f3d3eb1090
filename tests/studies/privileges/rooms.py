"""A lab in the emulator whose functions are called as API Gateway calls them, each under its own role."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_websocket

from tests.studies.privileges.grants import Grant, refusals, without
from tests.studies.privileges.scenarios import GHOST, Scenario
from tests.support.functions.consistent import all_items, items_of
from tests.support.functions.people import Person
from tests.support.functions.story import Story
from tests.support.labs import provision
from wschat.functions.shared.dynamodb import PARTITION_KEYS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import POLICY_NAME
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, STAGE, Spec, policy, role
from wschat.lab.model.lab import API
from wschat.protocol.events import Event
from wschat.protocol.reader import decode_event

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

EARS = 3
ENDS = {"$disconnect": 1000, "cut": 1006}
NO_ONE = count(1)


class FunctionError(Exception):
    """A function raised: API Gateway would say "Internal server error"."""


@dataclass
class Rooms:
    """The lab's rooms. `refused` has each action that IAM refused to a function, be it raised or logged."""

    cloud: Cloud
    api_id: str
    posts: "ApiGatewayManagementApiClient"
    sockets: dict[str, ClientConnection] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Empty the tables, the ears and the list of refusals."""
        for table, key in PARTITION_KEYS.items():
            for value in items_of(self.cloud, table):
                self.cloud.dynamodb.delete_item(TableName=self.cloud.lab.name(table), Key={key: {"S": value}})
        for connection in self.sockets:
            self.heard(connection)
        self.free = list(self.sockets)
        self.refused.clear()

    def run(self, scenario: Scenario) -> None:
        """Play a scenario with the policies as they are; it must work, and IAM refuse nothing."""
        self.clear()
        self._play(scenario)
        assert not self.refused, f"it went well, but IAM refused {self.refused}"

    def _play(self, scenario: Scenario) -> None:
        """Let people act.

        Raises:
            AssertionError: what should have happened did not.
            FunctionError: a function raised.
        """
        gone = f"gone{next(NO_ONE)}="  # API Gateway never issued it: no post reaches it
        story, people = Story({gone}), dict[str, Person]()
        for who, action, value in scenario.steps():
            if who not in people:
                connection = gone if who == GHOST else self.free.pop(0)
                people[who] = Person(connection, STAGE, self.heard, self.invoke)
                story.come(people[who])
            if action == "$connect":
                people[who].call(action)
            elif action in ENDS:
                story.drop(people[who], ENDS[action])
            else:
                story.act(people[who], action, value, f"the token of {value}")
                if who == GHOST and action == "register":
                    story.act(people[who], action, value)
        story.compare_tables(all_items(self.cloud))

    def fails(self, scenario: Scenario, grant: Grant) -> bool:
        """Tell whether a scenario fails without a grant, and because that action was refused."""
        self.clear()
        (spec,) = (each for each in FUNCTIONS if each.name == grant.whose)
        whole = policy(self.cloud.lab, spec)
        self._may(spec, without(whole, grant.action, grant.on))
        try:
            self._play(scenario)
        except (AssertionError, FunctionError):
            return self.refused == {grant.action}
        finally:
            self._may(spec, whole)
        return False

    def _may(self, spec: Spec, document: object) -> None:
        text, name = json.dumps(document).replace(API, self.api_id), role(self.cloud.lab, spec)
        self.cloud.iam.put_role_policy(RoleName=name, PolicyName=POLICY_NAME, PolicyDocument=text)

    def invoke(self, module: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function with an event in AWS's shape; return what it returns.

        Raises:
            FunctionError: it raised.
        """
        event["requestContext"]["apiId"] = self.api_id
        (name,) = (self.cloud.lab.name(spec.name) for spec in FUNCTIONS if spec.module == module)
        answer = self.cloud.functions.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
        said, log = answer["Payload"].read().decode(), base64.b64decode(answer.get("LogResult", "")).decode()
        self.refused |= refusals(log) | refusals(said)
        if "FunctionError" in answer:
            raise FunctionError(json.loads(said)["errorMessage"])
        return dict(json.loads(said))

    def heard(self, connection: str) -> list[Event]:
        """Return the events posted to an open connection since the last time.

        They come in the order of the posts, so a last word of our own tells that there are no more.
        """
        self.posts.post_to_connection(ConnectionId=connection, Data=b"last word")
        frames = iter(lambda: str(self.sockets[connection].recv(timeout=10)), "last word")
        return list(map(decode_event, frames))


@contextmanager
def open_rooms(cloud: Cloud, root: boto3.Session) -> Iterator[Rooms]:
    """Provision a lab, start its functions, and open some connections to it."""
    url = provision(cloud)
    api_id = url.split("/")[-2]
    posts = root.client(
        "apigatewaymanagementapi", endpoint_url=f"{cloud.lab.callbacks}/{STAGE}".replace(API, api_id)
    )
    rooms = Rooms(cloud, api_id, posts)
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        nothing = json.dumps({"requestContext": {"eventType": "", "connectionId": "-"}})
        start = [
            pool.submit(cloud.functions.invoke, FunctionName=cloud.lab.name(spec.name), Payload=nothing)
            for spec in FUNCTIONS
        ]
        assert all("FunctionError" not in each.result() for each in start)
        for _ in range(EARS):
            socket = stack.enter_context(connect_websocket(url, compression=None, proxy=None))
            (connection,) = items_of(cloud, CLIENTS).keys() - rooms.sockets
            rooms.sockets[connection] = socket
        yield rooms
