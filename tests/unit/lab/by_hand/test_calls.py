"""What a plan's steps tell is what they do."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.labs import plan, provision
from tests.unit.lab.by_hand.labs import LAB, whole
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.stages import Stage
from wschat.lab.by_hand.calls import READS, Call, calls, variable
from wschat.lab.model import SERVICES
from wschat.lab.plan import Step, Verb


@contextmanager
def sent(cloud: Cloud) -> Iterator[list[str]]:
    """Note each call that changes something, as a line."""
    lines = list[str]()

    def note(params: Mapping[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401  botocore's
        if not model.name.startswith(("Get", "List", "Describe")):
            lines.append(line(model.name, params))

    events = [getattr(cloud, name).meta.events for name in SERVICES]
    for each in events:
        each.register("provide-client-params", note)
    yield lines
    for each in events:
        each.unregister("provide-client-params", note)


def line(operation: str, params: Mapping[str, Any]) -> str:
    return f"{operation} {json.dumps(params, sort_keys=True, ensure_ascii=False, default=bytes.hex)}"


def told(calls: list[Call]) -> list[str]:
    """Return calls as lines, by botocore's names."""
    return [line(each.operation.title().replace("_", ""), each.parameters) for each in calls]


def test_a_whole_lab(empty: Cloud) -> None:
    """Each call that provision sends is told, with all its parameters, and no other one."""
    steps = plan(empty)
    with sent(empty) as lines:
        provision(empty)
    ids = inventory.look(empty).ids
    for key in sorted(ids, key=lambda key: key[0] != "API"):
        lines = [each.replace(f'"{ids[key]}"', f'"{variable(key)}"') for each in lines]
        lines = [each.replace(f"/{ids[key]}", f"/{variable(key)}") for each in lines]
        lines = [each.replace(f":{ids[key]}/", f":{variable(key)}/") for each in lines]
    assert sorted(told(calls(steps, empty.lab))) == sorted(lines)


def test_ids_that_are_known(empty: Cloud) -> None:
    """What exists goes by its id, if AWS is asked; else by its variable, and a stage by its name."""
    provision(empty)
    actual = inventory.look(empty)
    stage = actual.resources[("stage", "development")]
    assert isinstance(stage, Stage)
    steps = [Step(Verb.DELETE, stage, stage)]
    api = next(which for (kind, _), which in actual.ids.items() if kind == "API")
    empty.ids.update(actual.ids)
    (call,) = calls(steps, empty.lab, empty)
    assert call.parameters == {"ApiId": api, "StageName": "development"}
    (call,) = calls(steps, empty.lab)
    assert call.parameters == {"ApiId": variable(("API", "chatroom-websocket")), "StageName": "development"}


@pytest.mark.parametrize("kind", ["table", "role", "log group", "function", "API", "route"])
def test_deletes(kind: str) -> None:
    """A delete is told without AWS: as of something that has nothing in it."""
    step = whole(LAB, kind)[0]
    told = calls([Step(Verb.DELETE, step.resource, step.resource)], LAB)
    assert [each.operation for each in told] == [f"delete_{kind.lower().replace(' ', '_')}"]


def test_nothing_is_asked() -> None:
    """No call that is told only looks."""
    assert not any(each.operation.startswith(READS) for each in calls(whole(), LAB))
