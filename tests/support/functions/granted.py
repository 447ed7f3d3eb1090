"""Refuses what a function's policy does not grant, as IAM does."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from wschat.lab.blueprint import CLIENTS, ROOMS, Spec

CALLED: ContextVar[Spec | None] = ContextVar("CALLED", default=None)
"""The function that is being called; the threads that it starts do not know it, and are not checked."""


@contextmanager
def calling(spec: Spec) -> Iterator[None]:
    """Hold what is sent meanwhile against a function's policy."""
    token = CALLED.set(spec)
    try:
        yield
    finally:
        CALLED.reset(token)


def check_grants(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401  botocore's
    """Hold what a client sends against the policy; for its event `provide-client-params`."""
    spec = CALLED.get()
    if spec:
        granted = {(CLIENTS, each) for each in spec.clients.split()}
        granted |= {(ROOMS, each) for each in spec.rooms.split()}
        missing = _needed(model.name, params) - granted
        assert not missing, f"the policy of {spec.name} lacks {missing}"


def _needed(operation: str, params: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the tables and the actions that a request needs; a transaction those of what is in it."""
    if operation == "TransactWriteItems":
        parts = [part for item in params["TransactItems"] for part in item.items()]
        return {(each["TableName"], f"{kind}Item") for kind, each in parts}
    if operation == "BatchGetItem":
        return {(table, operation) for table in params["RequestItems"]}
    return {(params["TableName"], operation)}
