"""What AWS's documents and all recordings leave open about WebSocket APIs: asked, and seen."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from websockets.exceptions import ConnectionClosed

from tests.live.account import CATCH_UP_S, session
from tests.live.probe_api import Probe
from wschat.recording import recorder

FRAME, MESSAGE = 32 * 1024, 128 * 1024
PINGS_S, PING_EVERY_S = 660.0, 30.0
QUICK_S = 3.0
"""How long is waited where no AWS is."""
ACTIONS = ("$connect", "$disconnect", "$default", 5, 5.0, True, None, ["two-way"], {"a": 1}, "")
MOCKED = ('{"action":"ping"}', '{"action":"bogus"}', "hello", "{}", '{"action":5}', '{"action":["join"]}')
MALFORMED = {"statusCode": "invalid", "body": {"a": 1}}


def order(it: Probe) -> Iterator[str]:
    """Two frames back to back, to a function that sleeps: in which order, in one environment or two?"""
    change = it.cloud.functions.update_function_configuration
    it.cloud.call(change, FunctionName=it.name, Description="no environment of it is warm")
    it.cloud.functions.get_waiter("function_updated_v2").wait(FunctionName=it.name)
    with it.opened(it.doomed_url) as client:
        client.send(json.dumps({"n": 1, "sleep": 1}))
        yield f"first came {it.ask(client, {'n': 2}, 30)}"
        yield f"then {it.ask(client, None, 30)}"


def no_concurrency(it: Probe) -> Iterator[str]:
    """A function whose reserved concurrency is 0: what does a message get, and a handshake?"""
    functions = it.cloud.functions
    with it.opened() as client:
        it.cloud.call(
            functions.put_function_concurrency, FunctionName=it.name, ReservedConcurrentExecutions=0
        )
        try:
            it.cloud.pause(QUICK_S if it.is_aws else 0, "let it take effect")
            for action in ("two-way", "one-way"):
                yield f"{action}: {it.ask(client, {'action': action})}"
            yield f"$connect: {it.handshake()}"
        finally:
            it.cloud.find(functions.delete_function_concurrency, FunctionName=it.name)


def late(it: Probe) -> Iterator[str]:
    """An integration that may take 50 ms, and takes a second."""
    with it.opened() as client:
        yield it.ask(client, {"action": "late", "sleep": 1})


def sizes(it: Probe) -> Iterator[str]:
    """The biggest frame and message, and a byte more."""
    for size in (FRAME, FRAME + 1):
        with it.opened() as client:
            yield f"a frame of {size} bytes: {it.ask(client, 'x' * size)}"
    for size in (MESSAGE, MESSAGE + 1):
        frames = ["x" * min(FRAME, size - start) for start in range(0, size, FRAME)]
        with it.opened() as client:
            yield f"a message of {size} bytes: {it.ask(client, frames)}"


def actions(it: Probe) -> Iterator[str]:
    """Actions that are no text, or the name of a route that no client should choose."""
    for action in ACTIONS:
        with it.opened() as client:
            yield f"{json.dumps(action)}: {it.ask(client, {'action': action})}"


def mock(it: Probe) -> Iterator[str]:
    """MOCK integrations with the lab's templates: what is read back of them, and what they answer."""
    api = urlsplit(it.lab_url)
    which = api.path.split("/")[-2] if it.cloud.lab.endpoint else str(api.hostname).partition(".")[0]
    for integration in it.cloud.pages(it.cloud.api, "get_integrations", "Items[]", ApiId=which):
        if integration["IntegrationType"] == "MOCK":
            of = {"ApiId": which, "IntegrationId": integration["IntegrationId"]}
            found = it.cloud.pages(it.cloud.api, "get_integration_responses", "Items[]", **of)
            yield f"{json.dumps(integration)} responds {json.dumps(found)}"
    for message in MOCKED:
        with it.opened(it.lab_url) as client:
            yield f"{message}: {it.ask(client, message)}"


def cut(it: Probe) -> Iterator[str]:
    """A client whose TCP connection is reset: what is `$disconnect` told, and when?"""
    with it.opened() as client:
        told = json.loads(it.ask(client, {"action": "two-way"}))
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        at = time.time()
        client.socket.shutdown(socket.SHUT_RD)
        client.socket.close()
        found = it.event(told["connectionId"], "DISCONNECT", CATCH_UP_S if it.is_aws else QUICK_S)
    if found is None:
        yield "no $disconnect was logged in time"
    else:
        late_s = found["requestTimeEpoch"] / 1000 - at
        yield f"{found['disconnectStatusCode']} {found['disconnectReason']!r} after {late_s:.1f} s"


def pings(it: Probe) -> Iterator[str]:
    """Pings, and nothing else, for 11 minutes: are they answered, do they keep a connection open?"""
    start, answered = time.monotonic(), 0
    lasts, every = (PINGS_S, PING_EVERY_S) if it.is_aws else (QUICK_S, 1.0)
    with it.opened() as client:
        try:
            while time.monotonic() < start + lasts:
                answered += client.ping().wait(every)
                with suppress(TimeoutError):
                    client.recv(timeout=every)
        except ConnectionClosed as closed:
            yield f"{closed.rcvd} after {time.monotonic() - start:.0f} s; {answered} pings were answered"
            return
        yield f"open after {time.monotonic() - start:.0f} s; {answered} pings were answered"


def post_while_connecting(it: Probe) -> Iterator[str]:
    """A post to a connection by its own `$connect`."""
    yield f"refused afterwards: {it.handshake(told={'post': 'early', 'status': 403})}"
    with it.opened(told={"post": "early"}) as client:
        yield f"accepted afterwards: the client gets {it.ask(client, None)}"


def signatures(it: Probe) -> Iterator[str]:
    """AWS_IAM: who does not sign, with a wrong one, with an unknown key, too late, and rightly."""
    own = session().get_credentials()
    assert own
    frozen: Any = own.get_frozen_credentials()
    key, secret, token, *_ = frozen
    yield f"unsigned: {it.handshake(it.signed_url)}"
    for what, credentials, wait in (
        ("a wrong key", Credentials(key, "x" * 40, token), 0),
        ("an unknown key", Credentials("AKIAIOSFODNN7EXAMPLE", "x" * 40), 0),
        ("expired", Credentials(key, secret, token), 3),
        ("signed", Credentials(key, secret, token), 0),
    ):
        request = AWSRequest("GET", it.signed_url.replace("ws", "http", 1))
        SigV4QueryAuth(credentials, "execute-api", it.cloud.lab.region, 1 if wait else 60).add_auth(request)
        time.sleep(wait)
        yield f"{what}: {it.handshake(str(request.url).replace('http', 'ws', 1))}"


def offers(it: Probe) -> Iterator[str]:
    """A subprotocol and permessage-deflate are offered; `$connect` returns the one, or nothing."""
    chosen = {"returns": {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "chat"}}}
    for what, told in (("returned", chosen), ("not returned", None)):
        yield f"{what}: {it.handshake(told=told, subprotocols=['chat'], compression='deflate')}"


def one_way(it: Probe) -> Iterator[str]:
    """One-way routes whose function raises, or returns what is no response."""
    for what, told in (("raises", {"raise": "x"}), ("malformed", {"returns": MALFORMED})):
        with it.opened() as client:
            yield f"{what}: {it.ask(client, {'action': 'one-way', **told})}"


def deleted(it: Probe) -> Iterator[str]:
    """DeleteApi while somebody is connected."""
    with it.opened(it.doomed_url) as client:
        yield f"before: {it.ask(client, 'hello', 30)}"
        it.cloud.find(it.cloud.api.delete_api, ApiId=it.doomed)
        yield f"at once: {it.ask(client, None)}"
        yield f"a message: {it.ask(client, 'hello')}"
    yield f"a handshake: {it.handshake(it.doomed_url)}"


Ask = Callable[[Probe], Iterator[str]]
PROBES: tuple[Ask, ...] = (
    *(order, no_concurrency, late, sizes, actions, mock, cut, pings, post_while_connecting, signatures),
    *(offers, one_way, deleted),
)
"""All probes, the last of which deletes an API that others need."""


def observe(it: Probe, probes: tuple[Ask, ...] = PROBES) -> Iterator[str]:
    """Let each probe ask; yield a line for each thing seen. What goes wrong in a probe is seen, too."""
    told: dict[Ask, list[str]] = {each: [] for each in probes}
    beside = {
        each: threading.Thread(target=_run, args=(each, it, told[each])) for each in probes if each is pings
    }
    for thread in beside.values():
        thread.start()
    for number, each in enumerate(probes, start=1):
        if each in beside:
            beside[each].join()
        else:
            _run(each, it, told[each])
        yield f"{number}. {each.__doc__}"
        yield from (f"   {line}" for line in told[each])


def _run(probe: Ask, it: Probe, told: list[str]) -> None:
    """Note what a probe sees, without what would tell whose account this is."""
    record = recorder.active()
    try:
        for line in probe(it):
            told.append(record.redaction.redact(line) if record else line)  # noqa: PERF401  until one raises
    except Exception as error:  # noqa: BLE001  a probe that fails says so, and fails nothing
        text = f"the probe failed: {type(error).__name__}: {error}"
        told.append(record.redaction.redact(text) if record else text)
