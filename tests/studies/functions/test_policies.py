"""Whoever reads a function's policy finds each of its actions in its file, and no other."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import wschat.functions
from wschat.lab.blueprint import FUNCTIONS, Spec

PLACE = Path(str(wschat.functions.__file__)).parent
CALLS = {
    "get_item": "GetItem",
    "batch_get_item": "BatchGetItem",
    "scan": "Scan",
    "put": "PutItem",
    "update": "UpdateItem",
    "delete": "DeleteItem",
}
"""What calls DynamoDB, or makes an operation for it, with the table as its first argument."""
Actions = frozenset[tuple[str, str]]


def calls(node: ast.AST) -> list[tuple[str, ast.Call]]:
    """Return the calls in a piece of code, by the last part of what is called."""
    found = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    names = [ast.unparse(each.func).rpartition(".")[2] for each in found]
    return list(zip(names, found, strict=True))


def own(node: ast.AST) -> Actions:
    """Return the tables and actions of the calls of DynamoDB that stand in a piece of code."""
    tables = [(ast.unparse(call.args[0]), name) for name, call in calls(node) if name in CALLS and call.args]
    return frozenset((table, CALLS[name]) for table, name in tables if table in {"CLIENTS", "ROOMS"})


@cache
def shared() -> dict[str, Actions]:
    """Return what each function of `shared` that reads or writes does in the end, by itself or by another."""
    tops = [each for path in (PLACE / "shared").glob("*.py") for each in ast.parse(path.read_text()).body]
    methods = [each for top in tops if isinstance(top, ast.ClassDef) for each in top.body]
    bodies = {each.name: each for each in (*tops, *methods) if isinstance(each, ast.FunctionDef)}
    does = {name: own(body) for name, body in bodies.items()}
    uses = {name: {called for called, _ in calls(body)} & bodies.keys() for name, body in bodies.items()}
    for _ in bodies:  # as long as a chain of calls can be
        does = {name: own.union(*(does[called] for called in uses[name])) for name, own in does.items()}
    return {name: actions for name, actions in does.items() if actions}


def named(comment: str) -> Actions:
    """Return what a comment names, such as `CLIENTS: GetItem, then PutItem; ROOMS: DeleteItem`."""
    parts = re.findall(r"(CLIENTS|ROOMS): ((?:(?!CLIENTS|ROOMS).)*)", comment)
    return frozenset((table, action) for table, text in parts for action in re.findall(r"\w+Item|Scan", text))


def commented(lines: list[str], number: int) -> str:
    """Return the comment in a line, counted from 1, and those in the lines just above it."""
    above = number - 1
    while lines[above - 1].lstrip().startswith("#"):
        above -= 1
    return " ".join(line.partition("#")[2] for line in lines[above:number] if " # " in f" {line.lstrip()}")


@pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)
def test_each_action_is_in_the_file(spec: Spec) -> None:
    """The calls in a file, and those that are named beside calls of `shared`, are what its policy grants."""
    text = (PLACE / f"{spec.module}.py").read_text()
    found, explained = own(ast.parse(text)), set[str]()
    for name, call in calls(ast.parse(text)):
        if name in shared() and name not in explained:
            explained.add(name)
            comment = commented(text.splitlines(), call.lineno)
            assert named(comment) == shared()[name], f"{name} in {spec.module}: {comment!r}"
            found |= shared()[name]
    granted = {("CLIENTS", action) for action in spec.clients.split()}
    assert found == granted | {("ROOMS", action) for action in spec.rooms.split()}
    assert spec.posts == ("broadcast" in explained)


def test_what_is_shared() -> None:
    """Of what is shared, this is what reads or writes: the lessons name it where they call it."""
    assert shared().keys() >= {"broadcast", "free_name", "plan_leaving", "take_over"}
    assert shared()["free_name"] == {("CLIENTS", "GetItem"), ("CLIENTS", "DeleteItem")}
