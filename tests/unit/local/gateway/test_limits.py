"""How long connections live and how much they bear, with the gateway in this process and no function."""

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.unit.local.gateway.inside import API, crowd, running, settled
from wschat.local.gateway.quotas import GatewayOptions

PATIENCE_S = 30


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run a test that is given up after a while."""

    async def patiently() -> None:
        async with asyncio.timeout(PATIENCE_S):
            await test()

    asyncio.run(patiently())


async def how_it_closes(client: ClientConnection, act: Callable[[], Awaitable[object]]) -> tuple[int, str]:
    """Do something again and again, until the connection is closed; return how."""
    with suppress(ConnectionClosed):
        while True:
            await act()
    assert client.protocol.close_rcvd
    return client.protocol.close_rcvd.code, client.protocol.close_rcvd.reason


def test_idle() -> None:
    """A connection on which no message goes is closed with 1001, however often it is pinged (1.3, 1.4, 8)."""

    async def test() -> None:
        async with running(GatewayOptions(idle_timeout=0.2)) as it, connect(it.url) as client:

            async def ping() -> None:
                await (await client.ping())

            assert await how_it_closes(client, ping) == (1001, "Going away")

    run(test)


def test_messages_keep_it_open() -> None:
    """A message either way starts the idle time anew (1.4)."""

    async def test() -> None:
        async with running() as it, connect(it.url) as client:
            ((connection, known),) = it.gateway._open.items()
            for come_or_go in (client.send("x"), it.gateway.post(API, "test", connection, b"x")):
                before = known.deadline
                await come_or_go
                await client.recv()
                assert known.deadline > before

    run(test)


def test_age() -> None:
    """A connection that is old enough is closed with 1001, whatever goes on (1.3)."""

    async def test() -> None:
        async with running(GatewayOptions(max_age=0.3)) as it, connect(it.url) as client:

            async def talk() -> None:
                await client.send("x")
                await client.recv()

            assert await how_it_closes(client, talk) == (1001, "Going away")

    run(test)


def test_a_slow_reader() -> None:
    """A post to a client that does not read is refused with 429 once the buffer is full (1.9)."""

    async def test() -> None:
        async with running() as it, connect(it.url, max_queue=1) as client:
            connection, sent = next(iter(it.gateway._open)), 0
            while (answer := await it.gateway.post(API, "test", connection, b"x" * 100_000)).status == 200:
                sent += 1
            assert answer == (429, "LimitExceededException", b"")
            for _ in range(sent):
                assert len(await client.recv()) == 100_000
            assert (await it.gateway.post(API, "test", connection, b"x")).status == 200

    run(test)


def test_rate() -> None:
    """The account's throttle holds for posts as well (1.1)."""

    async def test() -> None:
        async with (
            running(GatewayOptions(rate=0.01)) as it,
            connect(it.url),
        ):  # the one request that may come at once
            connection = next(iter(it.gateway._open))
            assert (await it.gateway.post(API, "test", connection, b"x")).status == 429

    run(test)


def test_a_slow_head() -> None:
    """Who connects and does not finish the request is let go after a while (8)."""

    async def test() -> None:
        async with running(head_timeout=0.1) as it:
            port = urlsplit(it.url).port
            for said in (b"", b"GET /_aws/execute-api/"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(said)
                with suppress(ConnectionResetError):
                    assert await reader.read() == b""
                writer.close()

    run(test)


def test_the_end_of_the_gateway() -> None:
    """When the gateway ends, clients are told 1012, and `$disconnect` is not run any more (1.3, 8)."""

    async def test() -> None:
        async with running() as it, connect(it.url) as one, connect(it.url) as two:
            made = len(it.ids)
            await it.gateway.shut_down()
            for client in (one, two):
                assert await how_it_closes(client, client.recv) == (1012, "Service restart")
            while it.gateway._open:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            assert len(it.ids) == made

    run(test)


def test_shuffle() -> None:
    """With `--order shuffle` what is done at the same time comes in any order, and nothing is lost."""

    async def test() -> None:
        async with running(GatewayOptions(shuffle=True)) as it, connect(it.url) as client:
            connection = next(iter(it.gateway._open))
            posts = [it.gateway.post(API, "test", connection, b"%d" % number) for number in range(50)]
            await asyncio.gather(*posts)
            came = [int(await client.recv()) for _ in range(50)]
            assert came != sorted(came)
            assert sorted(came) == list(range(50))

    run(test)


def test_drop() -> None:
    """With `--drop` a connection is cut after a while, without a close frame."""

    async def test() -> None:
        async with running(GatewayOptions(drop=600)) as it, connect(it.url) as client:
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
            assert closed.value.rcvd is None

    run(test)


def test_nothing_is_left() -> None:
    """After many connections that close or are cut no task is left, and memory is where it was."""

    async def test() -> None:
        async with running() as it:
            await crowd(it.url, 50)
            tasks, memory = await settled(it)
            await crowd(it.url, 150)
            again, later = await settled(it)
            assert again <= tasks
            assert later - memory < 50_000

    tracemalloc.start()
    try:
        run(test)
    finally:
        tracemalloc.stop()
