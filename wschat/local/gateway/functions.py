"""Invokes functions as API Gateway does: by permission, within a time, so many at once."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from wschat.local.gateway.answers import Problem, Result, read_proxy
from wschat.local.gateway.api import Integration, Json
from wschat.local.gateway.catalog import Catalog
from wschat.local.gateway.ministack import MiniStack, Reply

AT_ONCE = 8
"""Calls of one function that run at once: MiniStack gives each a process of some 45 MB."""
PRINCIPAL = "apigateway.amazonaws.com"
ACTIONS = {"lambda:InvokeFunction", "lambda:*", "*"}
URI = re.compile(
    r"arn:[^:]+:apigateway:[^:]+:lambda:path/2015-03-31/functions/"
    r"arn:[^:]+:lambda:([^:]+):(\d+):function:([\w-]+)(?::([\w$-]+))?/invocations"
)


class Functions:
    """The functions behind AWS_PROXY integrations; calls beyond those at once wait for their turn."""

    def __init__(self, ministack: MiniStack, catalog: Catalog, at_once: int = AT_ONCE) -> None:
        self._ministack = ministack
        self._catalog = catalog
        self._turns: Mapping[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))
        self._running: set[asyncio.Task[Reply]] = set()

    async def invoke(self, integration: Integration, source_arn: str, event: Json) -> Result:
        """Invoke the function of an integration for a route, and return what comes of it.

        The integration's timeout starts when it is the call's turn. A function that takes longer goes on.
        """
        target = URI.fullmatch(integration.uri)
        if target is None:
            return Result(Problem.REFUSED, f"{integration.uri!r} is no URI of a function's invocations")
        region, account, function, qualifier = target[1], target[2], target[3], target[4] or ""
        policy = await self._catalog.policy(region, function, qualifier)
        if not may_invoke(policy, source_arn, account):
            return Result(
                Problem.REFUSED, f"Invalid permissions on Lambda function {function} for {source_arn}"
            )
        turn = self._turns[function]
        await turn.acquire()
        call = asyncio.create_task(self._call(region, function, qualifier, event))
        self._running.add(call)
        call.add_done_callback(self._running.discard)
        call.add_done_callback(lambda _: turn.release())
        done, _ = await asyncio.wait({call}, timeout=integration.timeout)
        if not done:
            return Result(Problem.TIMED_OUT, f"{function} takes longer than {integration.timeout:g} seconds")
        return _read(function, call.result())

    async def _call(self, region: str, function: str, qualifier: str, event: Json) -> Reply:
        query = f"?Qualifier={qualifier}" if qualifier else ""
        return await self._ministack.ask(
            "lambda",
            region,
            f"/2015-03-31/functions/{function}/invocations{query}",
            method="POST",
            body=json.dumps(event).encode(),
        )


def _read(function: str, reply: Reply) -> Result:
    if reply.status != HTTPStatus.OK:
        return Result(
            Problem.REFUSED, f"Lambda does not invoke {function}: {reply.body.decode(errors='replace')}"
        )
    if "x-amz-function-error" in reply.headers:
        return Result(Problem.RAISED, f"{function} failed: see its log group")
    return read_proxy(reply.body)


def may_invoke(policy: Json, source_arn: str, account: str) -> bool:
    """Tell whether API Gateway may invoke the function of a resource policy for a route.

    `source_arn` is the route's, `arn:…:execute-api:<region>:<account>:<api>/<stage>/<route key>`. In the
    policy's pattern `*` and `?` are wild and `$` is not.
    """
    facts = {"aws:sourcearn": source_arn, "aws:sourceaccount": account}
    effects = {
        statement.get("Effect")
        for statement in policy.get("Statement", [])
        if _concerns(statement) and _holds(statement.get("Condition", {}), facts)
    }
    return "Allow" in effects and "Deny" not in effects


def _concerns(statement: Json) -> bool:
    principal = statement.get("Principal", {})
    services = _many(principal.get("Service", principal.get("AWS"))) if principal != "*" else ["*"]
    return bool({PRINCIPAL, "*"} & set(services) and ACTIONS & set(_many(statement.get("Action"))))


def _holds(condition: Json, facts: dict[str, str]) -> bool:
    """Tell whether all conditions hold; one that is not known does not."""
    return all(
        any(_matches(operator, pattern, facts.get(key.lower(), "")) for pattern in _many(patterns))
        for operator, tests in condition.items()
        for key, patterns in tests.items()
    )


def _matches(operator: str, pattern: str, value: str) -> bool:
    if operator == "StringEquals":
        return pattern == value
    if operator not in {"ArnLike", "ArnEquals", "StringLike"}:
        return False
    wild = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return bool(re.fullmatch(wild, value))


def _many(one_or_many: Any) -> Iterable[str]:  # noqa: ANN401  policies write one value without a list
    return one_or_many if isinstance(one_or_many, list) else [one_or_many]
