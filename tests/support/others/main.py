"""A function that posts to its caller with the client that it is told, at AWS's host."""

import asyncio
import http.client
import os
import socket
import subprocess
import urllib.request
from contextlib import closing, suppress
from functools import partial
from typing import Any
from urllib.parse import quote

import boto3
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

DYNAMODB = "https://dynamodb.us-east-1.amazonaws.com"


class Post:
    """A post to a connection: where, what, and signed headers; each method is a client."""

    def __init__(self, context: dict[str, Any], text: str) -> None:
        self.host, self.stage, self.connection = (
            context[name] for name in ("domainName", "stage", "connectionId")
        )
        self.path = f"/{self.stage}/@connections/{quote(self.connection, safe='')}"
        self.url, self.data = f"https://{self.host}{self.path}", text.encode()
        request = AWSRequest("POST", self.url, data=self.data)
        key = boto3.Session().get_credentials()
        assert key
        SigV4Auth(key, "execute-api", "us-east-1").add_auth(request)
        self.headers = dict(request.headers)

    def boto3(self) -> None:
        """Take the endpoint from the event, as AWS's samples do."""
        endpoint = f"https://{self.host}/{self.stage}"
        api = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
        api.post_to_connection(ConnectionId=self.connection, Data=self.data)

    def boto3_alone(self) -> None:
        """Take no endpoint, which names no API."""
        api = boto3.client("apigatewaymanagementapi")
        api.post_to_connection(ConnectionId=self.connection, Data=self.data)

    def services(self) -> None:
        """Ask another service, by the endpoint that is set, and by AWS's own; then post."""
        for endpoint in (None, DYNAMODB):
            boto3.client("dynamodb", endpoint_url=endpoint).list_tables()
        self.boto3()

    def urllib3(self) -> None:
        urllib3.PoolManager().request("POST", self.url, body=self.data, headers=self.headers)

    def http_client(self) -> None:
        with closing(http.client.HTTPSConnection(self.host)) as connection:
            connection.request("POST", self.path, self.data, self.headers)
            connection.getresponse().read()

    def urllib_request(self) -> None:
        request = urllib.request.Request(self.url, self.data, self.headers)  # noqa: S310  it is https
        with urllib.request.urlopen(request):  # noqa: S310
            pass

    def asyncio(self) -> None:
        async def post() -> None:
            reader, writer = await asyncio.open_connection(self.host, 443, ssl=True)
            headers = {
                "Host": self.host,
                "Content-Length": len(self.data),
                "Connection": "close",
                **self.headers,
            }
            head = "\r\n".join(
                (f"POST {self.path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers))
            )
            writer.write(f"{head}\r\n\r\n".encode() + self.data)
            await reader.read()
            writer.close()
            await writer.wait_closed()

        asyncio.run(post())

    def requests(self) -> None:
        import requests

        requests.post(self.url, self.data, headers=self.headers, timeout=10).raise_for_status()

    def httpx(self) -> None:
        import httpx

        httpx.post(self.url, content=self.data, headers=self.headers).raise_for_status()

    def httpx_async(self) -> None:
        import httpx

        async def post() -> None:
            async with httpx.AsyncClient() as client:
                await client.post(self.url, content=self.data, headers=self.headers)

        asyncio.run(post())

    def aiohttp(self) -> None:
        import aiohttp
        import yarl

        async def post() -> None:
            url = yarl.URL(self.url, encoded=True)  # else it is written otherwise than it was signed
            async with aiohttp.ClientSession(raise_for_status=True) as client:
                await client.post(url, data=self.data, headers=self.headers)

        asyncio.run(post())

    def socket(self) -> None:
        """Connect by a name, as C does, and by an address; then post."""
        for host in (self.host, socket.gethostbyname(self.host)):
            with socket.socket() as plain:
                plain.connect((host, 443))
        self.boto3()

    def another_port(self) -> None:
        socket.create_connection(("cache.amazonaws.com", 6379))

    def program(self) -> None:
        """Try each way to start one; the last refusal is told."""
        curl = ["curl", DYNAMODB]
        ways = (
            partial(subprocess.run, curl),
            partial(os.system, f"curl {DYNAMODB}"),
            partial(os.posix_spawn, "/usr/bin/env", ["env", *curl], {}),
        )
        for way in ways:
            with suppress(PermissionError):
                way()
                raise AssertionError(way)
        os.execvp("curl", curl)  # noqa: S606, S607

    def environment(self) -> None:
        raise OSError(os.environ["PYTHONPATH"])


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Post its own name with a client; answer what went wrong, if anything did."""
    if event["requestContext"]["eventType"] != "MESSAGE":
        return {"statusCode": 200}
    client = event["body"]
    try:
        getattr(Post(event["requestContext"], client), client)()
    except Exception as error:  # noqa: BLE001  it is told
        return {"statusCode": 200, "body": f"{type(error).__name__}: {error}"}
    return {"statusCode": 200}
