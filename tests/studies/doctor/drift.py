"""Each attribute changed by hand, and what doctor has to say of it first."""

from collections.abc import Iterator
from typing import Any

from tests.studies.doctor.breaks import alone, by_hand, on_the_plane
from tests.studies.doctor.case import Case
from tests.studies.drift.cases import CASES, FIXED, OURS, TAGS_CHANGED
from tests.studies.drift.hand import Case as Changed
from tests.studies.drift.hand import Do, do
from tests.studies.drift.unset import MENDED, TOLD
from wschat.doctor.visit import Visit
from wschat.lab.model.lab import TAG

CAUSES = """
table client-records, ttl: time-to-live
table client-records, missing: no-table
table client-records, deletion_protection: protected
table client-records, kms_key: table-key
table client-records, partition_key: wrong-key
table room-messages-users, ttl: time-to-live
table room-messages-users, billing: table-limit
table room-messages-users, most_writes: table-limit
table room-messages-users, replicas: differs
table room-messages-users, partition_key: wrong-key
role ConnectRole, trust: cannot-assume
role ConnectRole, attached: too-much-allowed
role JoinRoomRole, inline: too-much-allowed
role SendMessageRole, boundary: denied
role CreateRoomRole, missing: cannot-assume
policy ConnectRole, document: too-much-allowed
policy JoinRoomRole, document: too-much-allowed
policy SendMessageRole, missing: lacks-permission
function Connect, code: other-code
function RegisterUser, architecture: wrong-runtime
function CreateRoom, runtime: wrong-runtime
function JoinRoom, role: lacks-permission
function SendMessage, handler: wrong-handler
function LeaveRoom, timeout: too-slow
function Disconnect, memory: out-of-memory
function Connect, environment: wrong-environment
function LeaveRoom, role: cannot-assume
function Disconnect, missing: no-function
function Connect, reserved_concurrency: reserved-concurrency
function RegisterUser, reserved_concurrency: reserved-concurrency
function SendMessage, urls: open-door
function JoinRoom, layers: layer
function LeaveRoom, vpc_subnets: in-a-vpc
function Disconnect, event_sources: open-door
permission SendMessage:message, action: no-permission
permission JoinRoom:join, principal: no-permission
permission LeaveRoom:leave, source: no-permission
permission SendMessage:dispatch, missing: no-permission
permission JoinRoom:extra, too much: open-door
log group Connect, deletion_protection: protected
API chatroom-websocket, selection: wrong-selection
API chatroom-websocket, endpoint_disabled: endpoint-disabled
API chatroom-websocket, protocol: no-websocket
integration RegisterUser, uri: wrong-integration
integration CreateRoom, method: wrong-integration
integration unknown-action, request: wrong-integration
integration ping, request: wrong-integration
integration JoinRoom, type: wrong-integration
integration ping, type: wrong-integration
integration ping, answer: wrong-integration
integration unknown-action, answer: wrong-integration
integration LeaveRoom, missing: wrong-integration
integration Connect, timeout: integration-timeout
integration JoinRoom, credentials: no-permission
route create, name: no-route
route register, missing: no-route
route join, integration: wrong-integration
route $connect, authorization: signs-by-hand
route $connect, api_key: api-key
route join, request_models: model
route message, two_way: no-route-response
route leave, two_way: no-route-response
stage development, deployment: old-deployment
stage development, tags: somebody-elses
stage development, missing: no-stage
stage development, rate: throttle
stage development, route_settings: throttle
deployment current, missing: old-deployment no-stage
"""
"""What each change is the cause of; of all others, that the lab is otherwise than it should be."""
EXPECTED = dict(line.split(": ") for line in CAUSES.split("\n") if line)
ELSEWHERE = {
    *("integration ping, request", "integration JoinRoom, credentials", "stage development, data_trace"),
    *("table client-records, kms_key", "table room-messages-users, replicas"),
    *("log group Connect, deletion_protection", "log group JoinRoom, kms_key"),
    "log group RegisterUser, missing",
}
"""What the local lab does not take or show; on the plane nobody can connect, and nothing is seen."""


def drift() -> Iterator[Case]:
    """Yield a case for each row of `tests.studies.drift`."""
    for case in (*CASES, *MENDED, *TOLD):
        name = f"{case.resource}, {case.attribute}"
        does, undone = case.by_hand, case.undone
        broken = (
            on_the_plane(case.resource, *does, undone=undone, seen=Visit())
            if name in ELSEWHERE
            else by_hand(case.resource, *does, undone=undone)
        )
        yield Case(name, _expected(name), broken)
    yield from map(_anew, FIXED)
    for resource, what in TAGS_CHANGED:
        broken = by_hand(resource, what, undone=_given_back(resource))
        yield Case(f"{resource}, tags: {what}", ("somebody-elses",), broken)


def _expected(name: str) -> tuple[str, ...]:
    return tuple(EXPECTED.get(name, "differs").split())


def _anew(case: Changed) -> Case:
    """Return a case of what can't be changed in place: it is all that there is of a lab."""
    kind = case.resource.partition(" ")[0]
    gone = do("DeleteTable" if kind == "table" else "DeleteApi")
    name = f"{case.resource}, {case.attribute}: {case.found}"
    return Case(
        name, _expected(f"{case.resource}, {case.attribute}"), alone(case.resource, *case.by_hand, gone)
    )


def _given_back(resource: str) -> tuple[Do, ...]:
    plain = {TAG: OURS[0]["Value"]}
    ways: dict[str, tuple[str, dict[str, Any]]] = {
        "table": ("TagResource", {"Tags": OURS}),
        "role": ("TagRole", {"Tags": OURS}),
        "log group": ("TagResource", {"tags": plain}),
    }
    operation, tags = ways.get(resource.rpartition(" ")[0], ("TagResource", {"Tags": plain}))
    return (do(operation, **tags),)
