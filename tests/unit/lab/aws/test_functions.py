"""Functions whose tags are hidden, and what Lambda failed to make or to change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.studies.account import Account
from tests.support.plane.clock import VirtualClock
from tests.unit.lab.conftest import make, read
from wschat.errors import AwsError
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.functions import ROLE_DELETED, Function
from wschat.lab.aws.roles import Role
from wschat.lab.blueprint import TRUST, blueprint
from wschat.lab.bundle import bundle
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import canonical

LAB = Lab(account="0" * 12, region="us-east-1")
CONNECT, *_ = (each for each in blueprint(LAB, {"connect": bundle("connect")}) if isinstance(each, Function))
UPDATES = {"UpdateFunctionCode", "UpdateFunctionConfiguration"}


def test_tags_that_may_not_be_seen(empty: Cloud) -> None:
    """Lambda answers whom it lets not see a function's tags; that makes it neither ours nor another's."""
    make(empty, Role)
    CONNECT.create(empty)
    assert Function.names(empty) == [CONNECT.name]
    hidden = {"Tags": None, "TagsError": {"ErrorCode": "AccessDeniedException", "Message": "no ListTags"}}
    with answered(empty, hidden):
        actual = inventory.read(empty, CONNECT.read_keys).actual([])
    assert ([each.key for each in actual.unknown], actual.unmanaged) == ([CONNECT.key], ())
    assert list(empty.notes) == [
        "could not look at the tags of function Connect: not allowed to lambda:ListTags"
    ]


def test_all_roles_made_anew(empty: Cloud) -> None:
    """A function that lost its role waits until another one is there, which it takes for a moment."""
    own, other = (each for each in blueprint(LAB)[:4] if isinstance(each, Role))
    own.create(empty)
    CONNECT.create(empty)
    waited = list[str]()

    def make_another(why: str, _seconds: float) -> None:
        waited.append(why)
        other.create(empty)

    lost = replace(CONNECT, role=CONNECT.role + ROLE_DELETED)
    CONNECT.update(lost, replace(empty, clock=VirtualClock(), on_wait=make_another))
    assert waited == ["no other role of the lab is there yet"]
    assert read(empty, CONNECT) == CONNECT


@pytest.mark.parametrize("role", ["arn:aws:iam::000000000000:role/given", ""])
def test_a_role_that_lambda_can_not_assume(desk: Account, role: str) -> None:
    """One that was given is not new: that is told at once; one of the lab's is waited for."""
    cloud = desk.restricted({"Effect": "Allow", "Action": "*", "Resource": "*"}, role=role)
    desired = blueprint(cloud.lab, {"connect": bundle("connect")})
    connect = next(each for each in desired if isinstance(each, Function))
    cloud.iam.create_role(RoleName=connect.role, AssumeRolePolicyDocument=canonical(TRUST))
    start = desk.clock.now()
    if not role:
        connect.create(cloud)
        assert desk.clock.now() - start > 9
        return
    with pytest.raises(AwsError, match="Lambda can't assume the role") as error, translated("x"):
        connect.create(cloud)
    assert "lambda.amazonaws.com" in error.value.hint
    assert desk.clock.now() - start < 1


@pytest.mark.parametrize(
    ("status", "attribute", "sent"),
    [
        ({"LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no key"}, "last_update", UPDATES),
        ({"State": "Failed", "StateReason": "no key"}, "state", set[str]()),
    ],
    ids=["a change", "its creation"],
)
def test_what_failed(empty: Cloud, status: dict[str, str], attribute: str, sent: set[str]) -> None:
    """It is read with AWS's reason. A change that failed is sent again whole; a creation can't be changed."""
    make(empty, Role)
    CONNECT.create(empty)
    with answered(empty, {"Configuration": status}) as calls:
        found = read(empty, CONNECT)
        assert isinstance(found, Function)
        assert CONNECT.differences(found)[attribute][1] == "Failed: no key"
        assert (attribute in Function.fixed) is (not sent)
        if sent:
            CONNECT.update(found, empty)
    assert set(calls) == sent


@contextmanager
def answered(cloud: Cloud, more: dict[str, Any]) -> Iterator[list[str]]:
    """Put more into Lambda's answers about a function; yield the updates that are sent meanwhile."""
    events, sent = cloud.functions.meta.events, list[str]()

    def answer(parsed: dict[str, Any], **_: object) -> None:
        for key, value in more.items():
            parsed[key] = parsed.get(key, {}) | value if key == "Configuration" else value

    def call(model: Any, **_: object) -> None:  # noqa: ANN401  botocore's
        sent.extend({model.name} & UPDATES)

    handlers: dict[str, Callable[..., None]] = {
        "after-call.lambda.GetFunction": answer,
        "before-call.lambda": call,
    }
    for event, handler in handlers.items():
        events.register(event, handler)
    try:
        yield sent
    finally:
        for event, handler in handlers.items():
            events.unregister(event, handler)
