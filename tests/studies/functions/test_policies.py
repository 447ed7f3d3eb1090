"""Whoever reads a function's policy finds each of its actions in its file, and no other."""

import re
from pathlib import Path

import pytest

import wschat.functions
from wschat.lab.blueprint import FUNCTIONS, Spec

PLACE = Path(str(wschat.functions.__file__)).parent
ACTIONS = {
    "get_item": "GetItem",
    "batch_get_item": "BatchGetItem",
    "scan": "Scan",
    "put": "PutItem",
    "update": "UpdateItem",
    "delete": "DeleteItem",
}
"""What calls DynamoDB, or makes an operation for it, with the table as its first argument."""
CALL = re.compile(rf"\b({'|'.join(ACTIONS)})\((CLIENTS|ROOMS)\b")
COMMENT = re.compile(r"# .*?\b(?:CLIENTS|ROOMS): .*")
"""Beside a call of what is shared: what that does, as `CLIENTS: GetItem, then PutItem; ROOMS: DeleteItem`."""
SHARED = re.compile(
    r"\b(?:broadcast|claim|end|no_such_room|open_rooms|own_names|plan_leaving|relist|require_new|require_space"
    r"|room_and_counter|room_list|seated|take_over)\("
)


@pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)
def test_each_action_is_in_the_file(spec: Spec) -> None:
    """The calls in a file, and those that are named beside calls of `shared`, are what its policy grants."""
    text = (PLACE / f"{spec.module}.py").read_text()
    found = {(table, ACTIONS[call]) for call, table in CALL.findall(text)}
    comments = COMMENT.findall(text)
    for table, actions in re.findall(r"(CLIENTS|ROOMS): ([^;]*)", "; ".join(comments)):
        found |= {(table, action) for action in re.findall(r"\w+Item|Scan", actions)}
    granted = {("CLIENTS", action) for action in spec.clients.split()}
    assert found == granted | {("ROOMS", action) for action in spec.rooms.split()}
    assert len(comments) == len(set(SHARED.findall(text)))
    assert spec.posts == ("broadcast(" in text)
