"""How fast a message is: until the last member has it, CPU for each post and call, and a cold start.

`python -m tests.studies.bench.speed` prints the figures beside those of the lab's own algorithm and of boto3,
and exits with 1 if one is not what it should be. It wants a machine that has nothing else to do.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from tests.studies.bench.far_sink import far_sink
from tests.studies.bench.lab import Lab
from tests.support.functions.database import Database
from tests.support.functions.gate import gated
from wschat.functions import send_message
from wschat.functions.shared.broadcast import management_api
from wschat.functions.shared.dynamodb import CLIENTS, marshalled
from wschat.functions.shared.dynamodb_client import DynamoDB, dynamodb
from wschat.functions.shared.management_api import ManagementApi
from wschat.functions.shared.workers import WORKERS, pool
from wschat.lab.blueprint import FUNCTIONS

SOONER = {2: 1.0, 10: 2.0, 100: 4.0, 500: 4.0}
"""How many times sooner than with the lab's algorithm the last of so many members has a message."""
POST, CALL, COLD = 6.0, 3.0, 2.0
"""How many times the CPU of ours boto3 takes: for a post, a call of DynamoDB, and a cold start."""
FAR = 0.010  # seconds that each call takes longer, since AWS is not in the same process
BODY = b'{"type":"client-message","user":"Ann","message":"hello there","room":"Ops","seq":1,"time":1}'
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
ENVIRONMENT["AWS_DEFAULT_REGION"] = "us-east-1"
ENVIRONMENT["MANAGEMENT_URL"] = "https://{api}.execute-api.us-east-1.amazonaws.com"
CPU = """
import resource
before = resource.getrusage(resource.RUSAGE_SELF)
{code}
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""
PLAIN = "import boto3; boto3.resource('dynamodb'); boto3.client('apigatewaymanagementapi')"
OURS = """import wschat.functions.{module}
from wschat.functions.shared.dynamodb_client import dynamodb
dynamodb()
if "wschat.functions.shared.broadcast" in __import__("sys").modules:
    from wschat.functions.shared.broadcast import management_api
    management_api("api", "stage")
"""


@contextmanager
def world(members: int) -> Iterator[tuple[Callable[[], float], Callable[[], float]]]:
    """A room; yields two functions that say something in it, ours and the lab's.

    Each returns the seconds until the last member has the message.
    """
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        url = stack.enter_context(far_sink())
        for name, value in {**ENVIRONMENT, "MANAGEMENT_URL": f"{url}/{{api}}"}.items():
            patch.setenv(name, value)
        database = Database()
        stack.enter_context(database.behind(dynamodb()))
        passed = gated(patch)
        stage = url.rpartition(":")[2]  # what posts is kept by the stage
        stack.callback(lambda: management_api("api", stage).close())
        lab = Lab(f"{url}/api/{stage}", "lab")
        stack.callback(lab.close)
        yield _ours(database, members, stage, passed.delays), _the_labs(database, members, lab)


def _ours(
    database: Database, members: int, stage: str, delays: Callable[[float], list[float]]
) -> Callable[[], float]:
    ids = [f"L0SM9cOF{number:06}=" for number in range(members)]
    client = {"ID": ids[0], "name": "Ann", "room": "ops", "born": 1}
    room = {"room": "ops", "name": "Ops", "created": 1, "users": {each: each for each in ids}}
    counter = {"room": "ops#log", "seq": 1, "born": 1}
    database.put(*map(marshalled, (client, room, counter)))
    context = {"connectionId": ids[0], "routeKey": "message", "apiId": "api", "stage": stage}
    event = {"requestContext": context, "body": '{"value": "hello there"}'}

    def say() -> float:
        ends, start = delays(FAR), time.perf_counter()
        assert '"ack"' in send_message.handler(event, None)["body"]
        assert len(ends) == members
        return max(ends) - start

    return say


def _the_labs(database: Database, members: int, lab: Lab) -> Callable[[], float]:
    users = [{"S": f"L0SM9cOF{number:06}="} for number in range(members)]
    database.put({"room": {"S": "lab"}, "users": {"L": users}, "messages": {"L": []}})
    database.answer(lab.table.meta.client)
    ends: list[float] = []

    def later(**_: object) -> None:
        time.sleep(FAR)

    lab.table.meta.client.meta.events.register("before-call", later)
    lab.gateway.meta.events.register("before-call", later)
    lab.gateway.meta.events.register("after-call", lambda **_: ends.append(time.perf_counter()))

    def say() -> float:
        start = time.perf_counter()
        lab.send("Ann", "hello there")
        return ends[-1] - start

    return say


def latency(members: int, tries: int = 3) -> tuple[float, float]:
    """Return the seconds until the last member has a message: ours, and the lab's; the best of some tries."""
    with redirect_stdout(StringIO()), world(members) as (ours, labs):  # without the functions' logs
        pairs = [(ours(), labs()) for _ in range(tries)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def cpu_of_a_post(members: int = 300) -> tuple[float, float]:
    """Return the CPU seconds for each member posted to: ours, and boto3's client's, both in 32 threads."""
    with _clients("apigatewaymanagementapi") as (url, client):
        ids = [f"L0SM9cOF{number:06}=" for number in range(members)]
        ours = ManagementApi(url)

        def theirs() -> None:
            [*pool().map(lambda each: client.post_to_connection(ConnectionId=each, Data=BODY), ids)]

        def mine() -> None:
            assert set(ours.post(ids, BODY, time.monotonic() + 20).values()) == {"posted"}

        pair = _least(mine, theirs, members)
        ours.close()
    return pair


def cpu_of_a_call(calls: int = 300) -> tuple[float, float]:
    """Return the CPU seconds of a call of DynamoDB: ours, and boto3's client's."""
    with _clients("dynamodb") as (url, client):
        ours, asked = DynamoDB(url), {"TableName": CLIENTS, "Key": {"ID": {"S": "a"}}, "ConsistentRead": True}

        def theirs() -> None:
            [client.get_item(**asked) for _ in range(calls)]

        def mine() -> None:
            [ours.call("GetItem", **asked) for _ in range(calls)]

        pair = _least(mine, theirs, calls)
        ours.close()
    return pair


@contextmanager
def _clients(service: str) -> Iterator[tuple[str, Any]]:
    """Yield the URL of what answers in a process of its own, and boto3's client of it."""
    with far_sink() as url, pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        import boto3
        from botocore.config import Config

        client: Any = boto3.client(service, endpoint_url=url, config=Config(max_pool_connections=WORKERS))  # type: ignore[call-overload]
        yield url, client
        client.close()


def _least(
    mine: Callable[[], None], theirs: Callable[[], None], times: int, tries: int = 3
) -> tuple[float, float]:
    """Return the CPU seconds of each of so many, in turns after a first time: the least of some tries."""
    pairs = [(_cpu(mine) / times, _cpu(theirs) / times) for _ in range(tries + 1)][1:]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def _cpu(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def cold_starts(tries: int = 12) -> tuple[dict[str, float], float]:
    """Return the CPU seconds of fresh interpreters: for each of our functions, and for plain boto3.

    All take turns, and of each the least counts: what else the machine does can only add to it.
    """
    codes = {spec.name: OURS.format(module=spec.module) for spec in FUNCTIONS} | {"boto3": PLAIN}
    rounds = [{name: _fresh(CPU.format(code=code)) for name, code in codes.items()} for _ in range(tries)]
    least = {name: min(each[name] for each in rounds) for name in codes}
    return least, least.pop("boto3")


def _fresh(code: str) -> float:
    environment = {**ENVIRONMENT, "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)


def main() -> int:
    """Print the figures; return the exit code."""
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    good = [
        _show(f"the last of {members} has it after", "the lab's", latency(members), least)
        for members, least in SOONER.items()
    ]
    good.append(_show("CPU of a post", "boto3's client", cpu_of_a_post(), POST))
    good.append(_show("CPU of a call of DynamoDB", "boto3's client", cpu_of_a_call(), CALL))
    ours, boto3 = cold_starts()
    good += [_show(f"CPU of a cold start, {name}", "boto3", (cpu, boto3), COLD) for name, cpu in ours.items()]
    return 0 if all(good) else 1


def _show(what: str, other: str, pair: tuple[float, float], least: float) -> bool:
    ours, theirs = (seconds * 1000 for seconds in pair)
    told = f"{theirs / ours:.2f} times, {ours / theirs:.0%}; at least {least:.2f} times"
    print(f"{what}: {ours:.2f} ms; {other}: {theirs:.2f} ms; {told}")
    return theirs >= least * ours


if __name__ == "__main__":
    sys.exit(main())
