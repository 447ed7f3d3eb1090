"""A person with a policy, at work on a control plane that asks for permissions as AWS does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError
from websockets.exceptions import InvalidStatus

from tests.studies.privileges.grants import Grant, refusals, without
from tests.support.labs import lab_of, plan, provision, tearing_down
from tests.support.plane.backend import behind
from tests.support.plane.permissions import LINK, NO_LINK, for_ministack
from tests.support.plane.plane import Plane
from tests.support.plane.rates import NO_DELAY
from wschat.errors import WschatError
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.session import connect
from wschat.lab.clock import Clock
from wschat.lab.model.lab import AWS_IAM
from wschat.lab.permissions.user_policy import resources, user_policy
from wschat.local.join import LocalLab
from wschat.target import Target

if TYPE_CHECKING:
    from tests.studies.privileges.errands import Errand

NAME = "person"
STANDING, PASSING = "desk-", "rest-"
"""The prefix of the lab that stands, and of what is left of another one, to be torn down."""


@dataclass
class Desk:
    """`root` and `mine` are the clients for the lab that stands: of root, and of the person with this key."""

    plane: Plane
    key: str
    session: boto3.Session
    root: Cloud
    mine: Cloud
    url: str = ""

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
        tear_down(lab_of(self.mine, prefix=PASSING))

    def run(self, errand: "Errand") -> None:
        """Run an errand with the whole policy; it must work."""
        self.may(user_policy(lab_of(self.root, prefix=errand.prefix).lab))
        errand.before(self)
        errand.run(self)

    def fails(self, errand: "Errand", grant: Grant) -> bool:
        """Tell whether an errand fails, or notes what it can't see, because that action was refused."""
        lab = lab_of(self.root, prefix=errand.prefix).lab
        self.may(without(user_policy(lab), grant.action, resources(lab)[grant.on]))
        errand.before(self)
        self.mine.notes.clear()
        try:
            errand.run(self)
            told = " ".join(self.mine.notes)
        except (WschatError, ClientError, InvalidStatus) as error:
            body = error.response.body if isinstance(error, InvalidStatus) else b""
            told = f"{error} {(body or b'').decode()}"
        finally:
            self._restore(errand.prefix)
        return {*refusals(told), *([LINK] if NO_LINK in told else [])} == {grant.action}

    def _restore(self, prefix: str) -> None:
        """Make a lab what it was, as root."""
        if prefix == PASSING:
            tear_down(lab_of(self.root, prefix=PASSING))
        elif plan(self.root):
            self.url = provision(self.root)


def tear_down(cloud: Cloud) -> None:
    """Tear down a lab; nothing may be left.

    Raises:
        WschatError: a step failed.
    """
    for progress in tearing_down(cloud):
        if progress.error:
            raise progress.error
    assert inventory.look(cloud).resources == {}


@contextmanager
def at_desk(emulator: LocalLab) -> Iterator[Desk]:
    """Let a person provision a lab that asks who connects; remove all as root in the end."""
    clock = Clock()
    plane = Plane(behind(emulator), clock, times=NO_DELAY)
    target = Target(prefix=STANDING, endpoint_url=emulator.endpoint)
    root = lab_of(connect(target, plane.session(), clock), authorization=AWS_IAM)
    root.iam.create_user(UserName=NAME)
    key = root.iam.create_access_key(UserName=NAME)["AccessKey"]
    session = plane.session(key["AccessKeyId"], key["SecretAccessKey"])
    mine = lab_of(connect(target, session, clock), authorization=AWS_IAM)
    desk = Desk(plane, key["AccessKeyId"], session, root, mine)
    desk.may(user_policy(root.lab))
    try:
        desk.provision()
        yield desk
    finally:
        for prefix in (STANDING, PASSING):
            tear_down(lab_of(root, prefix=prefix))
