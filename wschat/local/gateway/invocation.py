"""Invokes functions as API Gateway does: by permission or as a role, within a time, so many at once."""

import asyncio
import json
import logging
import re
from collections import defaultdict
from http import HTTPStatus

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services.lambda_svc import function_policy_for_arn, handle_request

from wschat.local.gateway.iam import allows, denied_to
from wschat.local.gateway.model import Integration, Json
from wschat.local.gateway.responses import Problem, Result
from wschat.protocol.json_objects import json_object

CONCURRENCY, LEAST_CONCURRENCY = 8, 2
"""Calls of one function that run at once: each takes a process of 25 MB or more, and five descriptors.

Two where descriptors are few.
"""
log = logging.getLogger("wschat.gateway")
URI = re.compile(
    r"arn:[^:]+:apigateway:[^:]+:lambda:path/2015-03-31/functions/"
    r"(arn:[^:]+:lambda:([^:]+):(\d+):function:([\w-]+)(?::([\w$-]+))?)/invocations"
)


class Functions:
    """The functions behind AWS_PROXY integrations; calls beyond their concurrency wait."""

    def __init__(self, concurrency: int = CONCURRENCY) -> None:
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(concurrency))
        self._running: set[asyncio.Task[Result | bytes]] = set()

    async def invoke(self, integration: Integration, source_arn: str, event: Json) -> Result | bytes:
        """Invoke an integration's function for a route or an authorizer; return what it returns, or why not.

        The integration's timeout starts when the call has a slot. A function that takes longer goes on.
        """
        target = URI.fullmatch(integration.uri)
        if target is None:
            return Result(Problem.REFUSED, f"{integration.uri!r} is no URI of a function's invocations")
        arn, region, account, function, qualifier = target.groups()
        set_request_account_id(account)
        set_request_region(region)
        policy, _ = function_policy_for_arn(arn) or (None, "")
        if integration.credentials:
            denied = denied_to(integration.credentials, arn, policy)
        elif policy and allows(policy, arn, source_arn):
            denied = ""
        else:
            denied = f"Invalid permissions on Lambda function {function} for {source_arn}"
        if denied:
            return Result(Problem.REFUSED, denied)
        slot = self._slots[function]
        await slot.acquire()
        call = asyncio.create_task(_call(function, qualifier, event))
        self._running.add(call)
        call.add_done_callback(self._running.discard)
        call.add_done_callback(lambda _: slot.release())
        done, _ = await asyncio.wait({call}, timeout=integration.timeout)
        if not done:
            return Result(Problem.TIMED_OUT, f"{function} takes longer than {integration.timeout:g} seconds")
        return call.result()


async def _call(function: str, qualifier: str | None, event: Json) -> Result | bytes:
    """Call a function of this context's account and region as root; return what it returns, or why not."""
    path = f"/2015-03-31/functions/{function}/invocations"
    query = {"Qualifier": [qualifier]} if qualifier else {}
    try:
        status, headers, body = await handle_request("POST", path, {}, json.dumps(event).encode(), query)
    except UnicodeEncodeError:
        return Result(Problem.RAISED, f"{function} returned half a character: Runtime.MarshalError")
    except Exception as error:
        log.exception("MiniStack fails to invoke %s", function)
        return Result(
            Problem.REFUSED, f"MiniStack fails to invoke {function}: {type(error).__name__}: {error}"
        )
    if status != HTTPStatus.OK:
        return Result(Problem.REFUSED, f"Lambda does not invoke {function}: {body.decode(errors='replace')}")
    if "X-Amz-Function-Error" in headers:
        return Result(Problem.RAISED, f"{function} failed: see its log group", raised_by(body), body)
    returned: bytes = body
    return returned


def raised_by(payload: bytes) -> str:
    """Return the message of the error that a function raised, which may be anything, if its runtime is."""
    return str((json_object(payload) or {}).get("errorMessage", ""))
