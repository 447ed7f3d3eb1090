"""A person with a policy, at work on a control plane that asks for permissions as AWS does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import boto3

from tests.support.labs import plan, provision
from tests.support.plane.permissions import for_ministack
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.session import connect
from wschat.lab.clock import Clock
from wschat.lab.model import AWS_IAM
from wschat.lab.plan import plan_down
from wschat.lab.user_policy import user_policy
from wschat.target import Target

NAME = "person"
STANDING, PASSING = "desk-", "rest-"
"""The prefix of the lab that stands, and of what is left of another one, to be torn down."""
OFTEN = 1e9
NO_DELAY = Times(
    latency=0.0,
    read_lag=0.0,
    table_creating=0.0,
    table_deleting=0.0,
    ttl_cooldown=0.0,
    role_assumable=0.0,
    function_pending=0.0,
    function_updating=0.0,
    gateway_rate=OFTEN,
    gateway_burst=OFTEN,
    deployment_every=1 / OFTEN,
    lambda_rate=OFTEN,
    get_function_rate=OFTEN,
    table_rate=OFTEN,
    table_burst=OFTEN,
    page=100,
)
"""Times of a control plane that is about permissions alone."""


@dataclass
class Desk:
    """`root` and `mine` are the clients for the lab that stands: of root, and of the person."""

    plane: Plane
    session: boto3.Session
    root: Cloud
    mine: Cloud
    url: str = ""

    @property
    def key(self) -> str:
        """The person's access key."""
        credentials = self.session.get_credentials()
        assert credentials
        return str(credentials.access_key)

    @property
    def api_id(self) -> str:
        """The id of the API of the lab that stands."""
        return self.url.split("/")[-2]

    def may(self, policy: dict[str, Any]) -> None:
        """Give the person this policy and no other, on the control plane and in the emulator behind it."""
        self.plane.restrict(self.key, policy, NAME)
        document = json.dumps(for_ministack(policy))
        self.root.iam.put_user_policy(UserName=NAME, PolicyName="all", PolicyDocument=document)

    def provision(self) -> None:
        """Provision the lab that stands, as the person; it must then be as it should be."""
        self.url = provision(self.mine)

    def tear_down(self) -> None:
        """Tear down what there is of the other lab, as the person; nothing may be left."""
        tear_down(at(self.mine, PASSING))

    def restore(self, prefix: str) -> None:
        """Make a lab what it was, as root."""
        if prefix == PASSING:
            tear_down(at(self.root, PASSING))
        elif plan(self.root):
            self.url = provision(self.root)


def at(cloud: Cloud, prefix: str) -> Cloud:
    """Return the same clients for another lab."""
    return replace(cloud, lab=replace(cloud.lab, prefix=prefix))


def tear_down(cloud: Cloud) -> None:
    """Tear down a lab; nothing may be left.

    Raises:
        WschatError: a step failed.
    """
    actual = engine.look_for_rest(cloud)
    for progress in engine.teardown(cloud, plan_down(actual), actual):
        if progress.error:
            raise progress.error
    assert inventory.look(cloud).resources == {}


def _with_iam(cloud: Cloud) -> Cloud:
    """Let only those connect whose AWS credentials allow it."""
    return replace(cloud, lab=replace(cloud.lab, authorization=AWS_IAM))


def _person(plane: Plane, root: Cloud, policy: dict[str, Any]) -> boto3.Session:
    """Make a user who has just this policy, on the plane and in MiniStack, and return a session of theirs."""
    root.iam.create_user(UserName=NAME)
    key = root.iam.create_access_key(UserName=NAME)["AccessKey"]
    document = json.dumps(for_ministack(policy))
    root.iam.put_user_policy(UserName=NAME, PolicyName="all", PolicyDocument=document)
    plane.restrict(key["AccessKeyId"], policy, NAME)
    return plane.session(key["AccessKeyId"], key["SecretAccessKey"])


@contextmanager
def at_desk(endpoint: str) -> Iterator[Desk]:
    """Let a person provision a lab that asks who connects; remove all as root in the end."""
    clock = Clock()
    plane = Plane(endpoint, clock, times=NO_DELAY)
    target = Target(prefix=STANDING, endpoint_url=endpoint)
    root = _with_iam(connect(target, plane.session(), clock))
    session = _person(plane, root, user_policy(root.lab))
    desk = Desk(plane, session, root, _with_iam(connect(target, session, clock)))
    try:
        desk.provision()
        yield desk
    finally:
        for prefix in (STANDING, PASSING):
            tear_down(at(root, prefix))
