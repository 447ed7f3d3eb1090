"""What happens in the gateway, as who watches is told: with a function, with MOCKs, and what is refused."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from websockets.asyncio.client import connect

from tests.support.asynchronous import asynchronous
from tests.support.gateway import manage, running, settled
from tests.support.websocket_api import STAGE, TestApi, ask, opened, refusal
from tests.unit.local.gateway.conftest import Management
from tests.unit.local.gateway.test_sockets import half_a_client
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.events import ConnectionInfo
from wschat.local.gateway.ids import connection_id
from wschat.local.gateway.quotas import MESSAGE_BYTES
from wschat.local.gateway.trace import Trace, trace
from wschat.local.join import LocalLab, join

Traces = Iterator[dict[str, Any]]


@pytest.fixture
def traces(emulator: LocalLab) -> Iterator[Traces]:
    """What happens from now on in the emulator."""
    with join(emulator._connection._files.state_dir) as watcher:
        yield filter(None, watcher.traces())


def test_with_a_function(traces: Traces, api: TestApi, mirror: str, management: Management) -> None:
    """Each names route and function, how long it took, and what was sent; of a failure the reason."""
    seen = list[dict[str, Any]]()

    def until_seen(event: str, route: str | None) -> dict[str, Any]:
        for each in traces:
            if each["event"] == "connect" or (seen and each["connection"] == seen[0]["connection"]):
                seen.append(each)  # others may be ending still
                if (each["event"], each.get("route")) == (event, route):
                    break
        return seen[-1]

    with opened(api.url) as client:
        opens = until_seen("connect", "$connect")
        about = ask(client, {"action": "echo"})["requestContext"]["connectionId"]
        assert "requestContext" in until_seen("reply", "echo")["text"]
        ask(client, {"action": "echo", "raise": "it"})
        client.send('{"action":"one-way"}')
        one_way = until_seen("reply", "one-way")
        ask(client, {"action": "nowhere"})
        management(api.id).post_to_connection(ConnectionId=about, Data=b"posted")
    until_seen("disconnect", "$disconnect")
    assert {(each["connection"], each["api"], each["stage"]) for each in seen} == {(about, api.id, STAGE)}
    assert (opens["status"], opens["integration"]) == (101, mirror)
    assert ("text" in one_way, one_way["integration"]) == (False, mirror)
    told = [(each["event"], each.get("status"), each.get("text"), each.get("why")) for each in seen]
    assert ("frame", None, '{"action":"one-way"}', None) in told
    assert ("post", 200, "posted", None) in told
    assert ("end", 1000, None, None) in told
    failed = [each for each in seen if each["event"] == "reply" and "why" in each]
    assert [(json.loads(each["text"])["message"], each["why"]) for each in failed] == [
        ("Internal server error", f"{mirror} failed: see its log group"),
        ("Forbidden", "no route of this deployment for $request.body.action"),
    ]
    assert all(
        each["milliseconds"] > 0
        for each in seen
        if each["event"] in {"connect", "reply", "post", "disconnect"}
    )


def test_a_reply_that_is_too_long(traces: Traces, clients: Cloud) -> None:
    """What a route replies that is more than a message may have is told as the failure that it is."""
    api = TestApi(clients)
    api.route("long", api.mock(answer="x" * (MESSAGE_BYTES + 1)))
    api.stage(api.deploy())
    with opened(api.url) as client:
        assert ask(client, {"action": "long"})["message"] == "Internal server error"
    told = next(each for each in traces if (each["event"], each["api"]) == ("reply", api.id))
    assert told["why"] == "what is replied has more than 128 KB"


def test_refused(traces: Traces, clients: Cloud, api: TestApi) -> None:
    """A refused handshake tells its status and why, whoever refused it; no query is told."""
    connects = (each for each in traces if each["event"] == "connect")  # others may be ending still
    bare = TestApi(clients)
    bare.stage(None)
    other = TestApi(clients)
    other.route("$connect", other.mock(request="{}"))
    other.stage(other.deploy())
    no = quote(json.dumps({"statusCode": 401}))
    expected = {
        api.url.replace(api.id, "0123456789"): (403, "there is no API 0123456789"),
        f"{api.url}s": (403, f"API {api.id} has no stage {STAGE}s"),
        bare.url: (403, f"stage {STAGE} of API {bare.id} has no deployment"),
        f"{api.url}/more?token=x": (403, "the URL names no API and stage, or is too long"),
        f"{api.url}?returns={no}": (401, None),
        f"{api.url.partition('/_')[0]}/{STAGE}": (403, "the URL names no API and stage, or is too long"),
        other.url: (500, "statusCode should be an integer which defined in request template"),
    }
    for url, (status, why) in expected.items():
        with suppress(AssertionError):
            refusal(url)
        told = next(connects)
        assert (told["event"], told["status"], told.get("why")) == ("connect", status, why)
        assert "token" not in str(told)
    with half_a_client(api.url, key="none") as client:
        client.recv(100)
        told = next(connects)
        assert (told["status"], "Sec-WebSocket-Key" in told["why"]) == (400, True)
    refusal(f"{api.url}?token=x", [("Authorization", "one"), ("Authorization", "two")])
    told = next(connects)
    assert (told["status"], told["why"]) == (400, "there are 2 Authorization headers")
    assert "token" not in str(told)


@asynchronous
async def test_calls_about_connections() -> None:
    """Each call tells its status, and why it was refused; how a connection ends is told with its code."""
    seen = list[Trace]()
    async with running() as it:
        it.gateway.trace = seen.append
        async with connect(it.url) as client:
            await manage(it, "GET")
            await manage(it, "POST", b"x" * (128 * 1024 + 1))
            await manage(it, "DELETE")
            await client.wait_closed()
        await settled(it)
        for unknown in (connection_id(), "nobody"):
            await it.gateway.manage("POST", "abc", "test", unknown, b"x", lambda _: None)
    assert [(each.event, each.status, each.why) for each in seen] == [
        ("connect", 101, ""),
        ("get", 200, ""),
        ("post", 413, "more than 128 KB"),
        ("delete", 204, ""),
        ("end", 1000, "Connection Closed Normally"),
        ("disconnect", None, ""),
        ("post", 410, "it is not open, or of another API"),
        ("post", 400, "Invalid connectionId: nobody"),
    ]


def test_no_secrets() -> None:
    """Of what was sent the credentials are left out; what nobody knows of is not told."""
    sent = trace(
        "frame", ConnectionInfo("c", "a", "s", "", 0.0), text='{"token":"abc","value":"x"}'
    ).message()
    assert sent["text"] == '{"token":"…","value":"x"}'
    assert sent.keys() == {"event", "time", "connection", "api", "stage", "text"}
