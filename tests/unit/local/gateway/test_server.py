"""MiniStack behind uvicorn: who is answered, and for how long."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from tests.support.asynchronous import asynchronous
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.server import MOST_WAITING, start_http
from wschat.local.join import LocalLab
from wschat.target import HOST

PATIENCE_S = 30
WHOLE = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nwhat"
ANSWER = b"and so"
NEVER_ENDING = {
    "a head": b"POST / HTTP/1.1\r\nHost: local",
    "a body": WHOLE[:-1],
    "a body in chunks": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwhat\r\n",
    "no head yet": b"\r\n",
}


async def broken(_scope: object, receive: Any, send: Any) -> None:  # noqa: ANN401  ASGI
    """Start, and fail at it, as ASGI has it."""
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no"})


def test_an_application_that_does_not_start() -> None:
    """A lab whose MiniStack can't start ends, and does not go on without it."""

    async def serve() -> None:
        await start_http(broken)

    with pytest.raises(RuntimeError, match="does not start"):
        asyncio.run(serve())


class Answering:
    """An application that reads what is asked, and answers; what is asked of /later once it may."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.asked = asyncio.Event()
        self.clients = list[str]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  ASGI
        """Serve a request, as ASGI has it."""
        while (heard := await receive()).get("more_body"):
            pass
        if scope["type"] == "lifespan":
            await send({"type": "lifespan.startup.complete"})
        elif heard["type"] == "http.request":
            self.clients.append(scope["client"][0])
            if scope["path"] == "/later":
                self.asked.set()
                await self.may.wait()
            headers = [(b"content-length", str(len(ANSWER)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": ANSWER})


@asynccontextmanager
async def serving(app: Answering, request_timeout: float) -> AsyncIterator[int]:
    """Serve an application, and yield at which port."""
    make_http = await start_http(app, request_timeout)
    async with (
        asyncio.timeout(PATIENCE_S),
        await asyncio.get_running_loop().create_server(make_http, HOST, 0) as server,
    ):
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("said", NEVER_ENDING.values(), ids=NEVER_ENDING)
@asynchronous
async def test_a_request_without_an_end(said: bytes) -> None:
    """Who does not finish a request is let go after a while; who waits for an answer is not."""
    async with serving(app := Answering(), request_timeout=0.1) as port:
        patient, asking = await asyncio.open_connection(HOST, port)
        asking.write(WHOLE.replace(b"/", b"/later", 1))
        await app.asked.wait()

        for before in (b"", WHOLE):
            endless, saying = await asyncio.open_connection(HOST, port)
            saying.write(before)
            if before:
                await endless.readuntil(ANSWER)
            saying.write(said)
            with suppress(ConnectionResetError):
                assert await endless.read() == b""
            saying.close()

        app.may.set()
        assert (await patient.readuntil(ANSWER)).startswith(b"HTTP/1.1 200")
        asking.close()


@asynchronous
async def test_a_request_that_begins_with_the_end_of_another() -> None:
    """Who does not finish it is let go, too, though a whole one came with its beginning."""
    async with serving(Answering(), request_timeout=0.1) as port:
        answers, asking = await asyncio.open_connection(HOST, port)
        asking.write(WHOLE + WHOLE[:-1])
        assert (await answers.read()).count(ANSWER) == 1
        asking.close()


@asynchronous
async def test_a_request_behind_a_slow_one() -> None:
    """Who has to wait until another answer is there is not taken for slow."""
    async with serving(app := Answering(), request_timeout=0.05) as port:
        answers, asking = await asyncio.open_connection(HOST, port)
        asking.write(WHOLE.replace(b"/", b"/later", 1))
        await app.asked.wait()
        asking.write(WHOLE[:-4])
        await asyncio.sleep(0.2)
        asking.write(WHOLE[-4:])
        app.may.set()
        for _ in range(2):
            assert (await answers.readuntil(ANSWER)).startswith(b"HTTP/1.1 200")
        asking.close()


@asynchronous
async def test_many_requests_that_wait() -> None:
    """Some that wait for an answer before theirs get one in turn; who asks on and on is let go."""
    async with serving(app := Answering(), request_timeout=PATIENCE_S) as port:
        answers, asking = await asyncio.open_connection(HOST, port)
        asking.write(WHOLE.replace(b"/", b"/later", 1) + WHOLE * MOST_WAITING)
        await app.asked.wait()
        app.may.set()
        for _ in range(1 + MOST_WAITING):
            assert (await answers.readuntil(ANSWER)).startswith(b"HTTP/1.1 200")

        app.may.clear()
        asking.write(WHOLE.replace(b"/", b"/later", 1) + WHOLE * (MOST_WAITING + 1))
        with suppress(ConnectionResetError):
            assert await answers.read() == b""
        app.may.set()
        asking.close()


@asynchronous
async def test_where_a_client_says_it_is() -> None:
    """A client has the address that it connects from, as policies ask for it, not the one that it names."""
    async with serving(app := Answering(), request_timeout=PATIENCE_S) as port:
        answers, asking = await asyncio.open_connection(HOST, port)
        asking.write(WHOLE.replace(b"\r\n", b"\r\nX-Forwarded-For: 192.0.2.1\r\n", 1))
        await answers.readuntil(ANSWER)
        assert app.clients == [HOST]
        asking.close()


@asynchronous
async def test_whoever_says_no_more(emulator: LocalLab) -> None:
    """Who ends its side with the request, as `nc -N` does, is answered nonetheless."""
    place = urlsplit(emulator.endpoint)
    for _ in range(20):  # it is a race
        answer, asking = await asyncio.open_connection(place.hostname, place.port)
        asking.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        asking.write_eof()
        assert (await answer.read()).startswith(b"HTTP/1.1 200")
        asking.close()


def test_policies_that_insist_on_tls(clients: Cloud) -> None:
    """What is asked here counts as if it came by TLS, as all does on AWS, so that such a policy allows it."""
    statement = {"Effect": "Allow", "Action": "lambda:ListFunctions", "Resource": "*"}
    only = {**statement, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    clients.iam.create_user(UserName="careful")
    document = json.dumps({"Version": "2012-10-17", "Statement": [only]})
    clients.iam.put_user_policy(UserName="careful", PolicyName="tls", PolicyDocument=document)
    key = clients.iam.create_access_key(UserName="careful")["AccessKey"]
    person = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    person.client("lambda", endpoint_url=clients.lab.endpoint).list_functions()
