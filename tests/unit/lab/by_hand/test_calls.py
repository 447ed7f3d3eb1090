"""What a plan's steps tell is what they do."""

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.labs import plan, provision
from tests.unit.lab.by_hand.labs import LAB, whole
from wschat.lab import inventory
from wschat.lab.aws import KINDS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.by_hand.calls import READS, Call, _Teller, calls, variable
from wschat.lab.model.resource import SERVICES
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
    (stage,) = (step.resource for step in whole(empty.lab, "stage"))
    api, steps = ("API", "chatroom-websocket"), [Step(Verb.DELETE, stage, stage)]
    empty.ids[api] = "a1b2"
    (known,), (unknown,) = calls(steps, empty.lab, empty), calls(steps, empty.lab)
    assert known.parameters == {"ApiId": "a1b2", "StageName": "development"}
    assert unknown.parameters == {"ApiId": variable(api), "StageName": "development"}


@pytest.mark.parametrize("kind", ["table", "role", "log group", "function", "API", "route"])
def test_deletes(kind: str) -> None:
    """A delete is told without AWS: as of something that has nothing in it."""
    step = whole(LAB, kind)[0]
    told = calls([Step(Verb.DELETE, step.resource, step.resource)], LAB)
    assert [each.operation for each in told] == [f"delete_{kind.lower().replace(' ', '_')}"]


def test_all_that_steps_use() -> None:
    """Each part of a cloud that creates, updates and deletes use is there for those that tell them."""
    modules = {inspect.getmodule(each) for kind in KINDS.values() for each in kind.__mro__}
    trees = [ast.parse(inspect.getsource(each)) for each in modules if each and ".aws." in each.__name__]
    functions = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    doing = (each for each in functions if each.name not in {"read", "names", "attributes"})
    nodes = (node for each in doing for node in ast.walk(each) if isinstance(node, ast.Attribute))
    used = {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "cloud"}
    assert {"api_id", "call", "looks", "ids"} <= used <= set(dir(_Teller(LAB, None)))


def test_nothing_is_asked() -> None:
    """No call that is told only looks."""
    assert not any(each.operation.startswith(READS) for each in calls(whole(), LAB))
