"""A post's signature is the one that botocore makes, and that IAM takes."""

import json
import os
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials

from wschat.functions._post import Gateway, Signature
from wschat.lab.cloud import Cloud
from wschat.local.emulator import Emulator


@pytest.mark.parametrize("token", [None, "a/session+token=="])
@pytest.mark.parametrize("connection", ["L0SM9cOFvHcCIhw=", "gTg3TG75DQAYKABzSA==", "a-b_c", "~!*'() +@:"])
@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://api.execute-api.eu-central-1.amazonaws.com/dev", "eu-central-1"),
        ("https://api.execute-api.cn-north-1.amazonaws.com.cn/dev", "cn-north-1"),
        ("https://api.execute-api.us-gov-west-1.amazonaws.com/dev", "us-gov-west-1"),
        ("http://[::1]:1/a/b", "us-east-1"),
    ],
)
def test_signature(
    connection: str, token: str | None, url: str, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore, which signs one request after the other, comes to the same headers at the same time."""
    body, now = os.urandom(50), datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now.replace(tzinfo=None))
    theirs = AWSRequest("POST", f"{url}/@connections/{quote(connection, safe='')}", data=body)
    SigV4Auth(Credentials("AKIA", "secret", token), "execute-api", region).add_auth(theirs)

    host, _, path = url.partition("//")[2].partition("/")
    signature = Signature(ReadOnlyCredentials("AKIA", "secret", token), region, host, body, now)
    ours = signature.headers(f"/{path}/@connections/{quote(connection, safe='')}")
    assert {name.title(): value for name, value in ours.items() if name != "host"} == {
        name.title(): value for name, value in theirs.headers.items()
    }


ALLOWED = {"Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": "*"}
ANYONE = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def keys(emulator: Emulator, clients: Cloud, root: boto3.Session) -> dict[str, tuple[str, str, str | None]]:
    """Keys of somebody who may post: a user's, and a role's as functions have them."""
    iam = clients.iam
    iam.create_user(UserName="poster")
    iam.put_user_policy(UserName="poster", PolicyName="post", PolicyDocument=_document(ALLOWED))
    own = iam.create_access_key(UserName="poster")["AccessKey"]
    iam.create_role(RoleName="poster", AssumeRolePolicyDocument=_document(ANYONE))
    iam.put_role_policy(RoleName="poster", PolicyName="post", PolicyDocument=_document(ALLOWED))
    sts = root.client("sts", endpoint_url=emulator.endpoint)
    arn = f"arn:aws:iam::{clients.lab.account}:role/poster"
    session = sts.assume_role(RoleArn=arn, RoleSessionName="poster")["Credentials"]
    return {
        "user": (own["AccessKeyId"], own["SecretAccessKey"], None),
        "role": (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]),
    }


@pytest.mark.parametrize("who", ["user", "role"])
def test_iam(emulator: Emulator, keys: dict[str, tuple[str, str, str | None]], who: str) -> None:
    """The emulator's IAM lets posts pass (to nobody: 410) with these keys, and none with a letter off."""
    key, secret, token = keys[who]
    people = ["L0SM9cOFvHcCIhw=", "gTg3TG75DQAYKABzSA==", "a b/c"]
    wrong = [(key, f"{secret[:-1]}!", token), *([(key, secret, None)] if token else [])]
    for credentials, outcome in [((key, secret, token), "gone"), *((each, "status 403") for each in wrong)]:
        url = f"{emulator.endpoint}/_aws/execute-api/api/dev"
        gateway = Gateway(url, Credentials(*credentials), "us-east-1")
        outcomes = gateway.post(people, b"{}", time.monotonic() + 20)
        assert {each: said.partition(": ")[0] for each, said in outcomes.items()} == dict.fromkeys(
            people, outcome
        )
        gateway.close()
