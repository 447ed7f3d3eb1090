"""What a function can sign with: a session of its role, and nothing that anybody could guess."""

import hashlib
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from ministack.services import sts

from tests.support.websocket_api import make_function, package
from wschat.lab.aws.cloud import Cloud
from wschat.local.access.sessions import register

CODE = """
import os
def handler(event, context):
    return {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}
"""
ARN = "arn:aws:lambda:us-east-1:000000000000:function:teller"


def test_a_function_is_its_role(clients: Cloud) -> None:
    """A function signs as its role, of which it may do nothing else, and what it has can't be worked out."""
    make_function(clients, "teller", package({"main.py": CODE}))
    told = json.load(clients.functions.invoke(FunctionName="teller", Payload="{}")["Payload"])
    key, secret, token = (
        told[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
    )

    def client(service: str, key: str, secret: str, token: str | None = None) -> Any:  # noqa: ANN401  boto3's
        session = boto3.Session(key, secret, token, "us-east-1")
        return session.client(service, endpoint_url=clients.lab.endpoint)  # type: ignore[call-overload]

    me = client("sts", key, secret, token).get_caller_identity()["Arn"]
    assert me == "arn:aws:sts::000000000000:assumed-role/tellerRole/teller"
    digest = hashlib.sha256(f"{ARN}:arn:aws:iam::000000000000:role/tellerRole".encode()).hexdigest()
    guessed = (
        f"ASIA{digest[:16].upper()}",
        *(hashlib.sha256(f"{part}:{digest}".encode()).hexdigest() for part in ("secret", "token")),
    )
    assert not {*guessed} & {key, secret, token}
    for given, code in (
        ((key, secret, token), "AccessDeniedException"),
        ((key, secret), "UnrecognizedClientException"),
        ((key, secret, "another"), "UnrecognizedClientException"),
        ((key, "wrong", token), "InvalidSignatureException"),
        (guessed, "UnrecognizedClientException"),
    ):
        with pytest.raises(ClientError) as caught:
            client("dynamodb", *given).list_tables()
        assert caught.value.response["Error"]["Code"] == code


@pytest.fixture
def _restless() -> Iterator[None]:
    """Threads give way to each other all the time, and no session of this test's is left."""
    interval, before = sys.getswitchinterval(), {*sts._sessions}
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
    for key in {*sts._sessions} - before:
        del sts._sessions[key]


@pytest.mark.usefixtures("_restless")
def test_many_at_once() -> None:
    """Functions of a class that all come at once begin their sessions in threads, each of which gets one."""

    def begin(thread: int) -> None:
        for number in range(300):
            register(f"{thread} {number}", {})

    with ThreadPoolExecutor(8) as threads:
        assert [*threads.map(begin, range(8))] == [None] * 8
    assert len([key for key in sts._sessions if " " in key]) == 8 * 300
