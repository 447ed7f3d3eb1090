"""The observations that ask AWS: a table's items, a function's answer, its log, its role's policy."""

import base64
import json
import secrets
import time
from typing import Any

from wschat.lab.aws.log_groups import LogGroup, log_group_of
from wschat.lab.aws.roles import POLICY_NAME, Policy, Role
from wschat.lab.blueprint import FUNCTIONS, STAGE, Spec, role_path
from wschat.lab.logs.newest import newest_events
from wschat.lab.model.lab import Lab
from wschat.learn.observe.scene import Scene, Watch
from wschat.local.gateway import events

ITEMS, LINES = 10, 12
RECENT_S = 15 * 60.0
"""Seconds that a log is looked back."""
POLICIES = (
    ("managed", "list_attached_role_policies", "AttachedPolicies[].PolicyName"),
    ("inline", "list_role_policies", "PolicyNames[]"),
)
BY_NAME = {spec.name: spec for spec in FUNCTIONS}


def items(scene: Scene, watch: Watch, table: str) -> None:
    """Show what is in a table, consistently: all that was written before is seen."""
    cloud = scene.cloud
    read: Any = {"TableName": cloud.lab.name(table), "ConsistentRead": True, "Limit": ITEMS + 1}
    if (found := cloud.find(cloud.dynamodb.scan, **read)) is None:
        raise scene.lacking(f"table {table}")
    items = found["Items"]
    for item in items[:ITEMS]:
        watch("DynamoDB has", json.dumps(item, ensure_ascii=False, default=str))
    if len(items) > ITEMS:
        watch("", f"these are {ITEMS} of them")
    elif not items:
        watch("", f"the table {table} is empty")


def invoke(scene: Scene, watch: Watch, name: str) -> None:
    """Invoke a function with an event as API Gateway's would be, and show its answer and what it logged."""
    cloud, event = scene.cloud, json.dumps(example_event(scene.cloud.lab, BY_NAME[name]))
    called: Any = {"FunctionName": cloud.lab.name(name)}
    if cloud.find(cloud.functions.get_function, **called) is None:
        raise scene.lacking(f"function {name}")
    watch(f"you invoke {name}", event)
    answer = cloud.call(cloud.functions.invoke, **called, Payload=event.encode(), LogType="Tail")
    failed = f" {answer['FunctionError']}" if "FunctionError" in answer else ""
    watch(f"{name} returns", f"{answer['Payload'].read().decode(errors='replace')}{failed}")
    watch(f"{name} logs", base64.b64decode(answer.get("LogResult", "")).decode(errors="replace"))
    if failed and cloud.pacing.read_lag:
        watch("", "a role or policy of the last minute may be the cause: AWS lets it take effect late")


def example_event(lab: Lab, spec: Spec) -> events.Event:
    """Return an event of a function's first route, of a connection that there never was, without headers."""
    now, route = time.time(), spec.routes[0]
    identity = {"userAgent": "wschat learn", "sourceIp": "127.0.0.1"}
    which = f"by-hand-{secrets.token_hex(4)}"
    connection = events.ConnectionInfo(which, "by-hand", STAGE, lab.region, now, identity)
    request = events.RequestInfo(secrets.token_hex(8), now)
    if route == "$connect":
        event = events.connect(connection, request, events.Handshake([], [], ""))
    elif route == "$disconnect":
        event = events.disconnect(connection, request, 1000, "")
    else:
        body = json.dumps({"action": route})
        event = events.message(connection, request, route, secrets.token_hex(8), body)
    return {name: part for name, part in event.items() if "eaders" not in name}


def log(scene: Scene, watch: Watch, name: str) -> None:
    """Show the last lines of a function's log; in AWS, where they come late, wait for the first."""
    cloud, group = scene.cloud, log_group_of(scene.cloud.lab.name(name))
    since = int((time.time() - RECENT_S) * 1000)
    lag, lines = cloud.pacing.log_lag, list[Any]()
    for _ in cloud.looks("AWS shows log lines some seconds late", lag):
        found = newest_events(cloud, group, since, time.time())
        if found is None:
            raise scene.lacking(f"{LogGroup.kind} {name}")
        if lines := sorted(found.events, key=lambda event: event["timestamp"])[-LINES:]:
            break
    for event in lines:
        watch(f"{name} logged", event["message"].rstrip())
    late = f"; what it logged in the last {lag:.0f} s may be missing" if lag else ""
    if not lines:
        watch("", f"{name} has logged nothing in the last {RECENT_S / 60:.0f} min{late}")
    elif late:
        watch("", f"these are the last lines{late}")


def policy(scene: Scene, watch: Watch, name: str) -> None:
    """Show who may assume a function's role, and what it may do."""
    cloud, whose = scene.cloud, role_path(scene.cloud.lab, BY_NAME[name]).rpartition("/")[2]
    if (found := cloud.find(cloud.iam.get_role, RoleName=whose)) is None:
        raise scene.lacking(f"{Role.kind} {name}Role")
    watch(f"who may assume {whose}", json.dumps(found["Role"]["AssumeRolePolicyDocument"], indent=2))
    if cloud.lab.choices.role:
        for kind, operation, path in POLICIES:
            names = cloud.pages(cloud.iam, operation, path, RoleName=whose)
            watch(f"its {kind} policies", ", ".join(names) or "none")
        return
    policy = cloud.find(cloud.iam.get_role_policy, RoleName=whose, PolicyName=POLICY_NAME)
    if policy is None:
        raise scene.lacking(f"{Policy.kind} {name}Role")
    watch(f"what it may do ({POLICY_NAME})", json.dumps(policy["PolicyDocument"], indent=2))
