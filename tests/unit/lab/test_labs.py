"""Every lab of an account: what is left of one is found, and how far each has come is told."""

from itertools import count
from typing import Any

from tests.studies.account import Account
from tests.support.plane.clock import VirtualClock
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane
from tests.support.plane.wire import Call
from tests.unit.lab.conftest import make
from wschat.lab import engine, inventory, labs
from wschat.lab.aws.cloud import AWS_PACING
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Role
from wschat.lab.aws.session import connect
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint
from wschat.target import Target

REGIONS = (f"eu-test-{number}" for number in count(1))
FOREIGN = "some/other/"


def test_what_is_left_of_labs(embedded: Embedded) -> None:
    """A lab of which one thing is left is found, in lists of many pages, the oldest first; no stranger is."""
    clock = VirtualClock()
    plane = Plane(embedded, clock)
    here = Target(endpoint_url=embedded.endpoint)
    cloud = connect(here, plane.session(region=next(REGIONS)), clock, AWS_PACING)
    there = connect(here, plane.session(region=next(REGIONS)), clock, AWS_PACING)
    renamed = make(cloud, Api, prefix="api-")
    make(there, Role, prefix="far-")
    for prefix, kind in (("role-", Role), ("table-", Table), ("log-", LogGroup)):
        make(cloud, kind, prefix=prefix)
    (api,) = inventory.look(renamed, to_remove=True).ids.values()
    cloud.api.update_api(ApiId=api, Name="renamed")
    for name in ("Connect", "strange-Connect", f"{FOREIGN}Connect"):
        cloud.logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
    clock.sleep(5)
    before, told = len(plane.calls), list[str]()
    found, _ = labs.find(cloud, told.append)
    order = [each.lab.prefix for each, _ in found]
    assert sorted(order) == ["api-", "log-", "role-", "table-"]
    assert {len(actual.resources) for _, actual in found} == {1}
    assert order.index("api-") < order.index("role-")
    assert {"prefix api-", "prefix far-"} < {line.partition(" (")[0] for line in told}
    assert not any(FOREIGN in call.resource for call in plane.calls[before:] if call.service != "logs")


def test_how_far_each_has_come(embedded: Embedded) -> None:
    """Of each lab: the first step with something missing, what differs, its URL, and its newest connect."""
    embedded.empty()
    account = Account(embedded)
    first = make(account.lab("a-"), Table, Role, LogGroup)
    group = "/aws/lambda/a-Connect"
    first.logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    for stream, when in (("old", 1_000_000), ("new", 2_000_000)):
        first.logs.create_log_stream(logGroupName=group, logStreamName=stream)
        event: Any = {"timestamp": when, "message": "x"}
        first.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    blueprint(first.lab)[1].create(first)
    second = make(account.lab("b-"), Api)
    make(account.lab("hidden-"), LogGroup)
    account.clock.sleep(5)

    def forbid(call: Call) -> Fault | None:
        return Fault.DENIED if "hidden-Connect" in call.resource and call.service == "lambda" else None

    account.plane.fault = forbid
    found, refused = labs.overview(account.lab("teacher-"))
    assert [error.where for error in refused] == ["prefix hidden-, looking at what exists"]
    a, b = found
    assert (a.cloud.lab.prefix, b.cloud.lab.prefix) == ("a-", "b-")
    assert a.reached == ("Task 2: Lambda functions and their roles", "role", 1, 7)
    assert b.reached == ("Task 1: DynamoDB tables", "table", 0, 2)
    assert (len(a.desired) - len(a.missing), a.used, b.used) == (4, 2000, None)
    (differs,) = (step for step in a.steps if step.differences)
    assert differs.differences == {"retention_days": (14, 1)}
    (api,) = inventory.look(second).ids.values()
    assert engine.url(b.cloud, b.actual).endswith(f"{api}/development")
