"""The shortest time in which a plan could be carried out: computed, not measured."""

from collections.abc import Sequence

from tests.support.plane.rates import Times
from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.model import Key, Resource
from wschat.lab.plan import Step, waits_for

API_LOCK = (Api.kind, "")


def writes(resource: Resource) -> int:
    """Return how many calls that change something it takes to create a resource."""
    match resource:
        case Table():
            return 2 if resource.ttl else 1
        case LogGroup():
            return 2
        case Integration():
            return 2 if resource.answer else 1
        case Route():
            return 2 if resource.two_way else 1
    return 1


def critical_path(plan: Sequence[Step], times: Times, api_calls_a_second: float) -> float:
    """Return the seconds of the longest path through a plan of creates, after a look at nothing.

    What is on it: the look, one call of each part at once; each write, `times.latency` long; a lock's
    writes one after another, those on the API at most so many a second; steps after those that they
    name; and what AWS takes its time for: tables, new roles, functions. Whoever does it looks at nothing
    else, learns of everything at the moment it is so, and has as many hands as there is work.
    """
    ends: dict[Key, float] = {}
    locks: dict[Key, float] = {}
    ready = [times.latency]
    turn = 1 / api_calls_a_second  # the look has had the first one
    for step in plan:
        resource, lock = step.resource, step.resource.lock_key
        before = (ends[other.resource.key] for other in waits_for(step, plan))
        now = max(times.latency, locks.get(lock, 0), *before)
        for number in range(writes(resource)):
            if isinstance(resource, Table) and number:
                now += times.table_creating
            if lock == API_LOCK:
                now = max(now, turn)
                turn = now + 1 / api_calls_a_second
            now += times.latency
        if isinstance(resource, Table) and not resource.ttl:
            ready.append(now + times.table_creating)
        if isinstance(resource, Function):
            now = max(now, ends.get((Role.kind, resource.role), 0) + times.role_assumable)
            ready.append(now + times.function_pending)
        ends[resource.key] = locks[lock] = now
    return max(*ready, *ends.values())
