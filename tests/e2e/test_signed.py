"""Who may connect: signed chats against MiniStack's own check of signatures and policies."""

import asyncio
import json
import subprocess
from typing import Literal

import boto3
import pytest

from tests.support.labs import lab_of, plan, tear_down
from tests.support.terminal import wschat
from tests.support.websocket_api import STAGE, TestApi
from wschat.chat.network.connection import Sign, open_session
from wschat.cli.provisioned import Provisioned
from wschat.errors import AccessError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.signing import LONGEST_URL, signer
from wschat.lab.chosen.choices import Choices
from wschat.system import paths
from wschat.target import Target

REGION = "us-east-1"


KEY, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
Key = dict[str, str]
"""Somebody's credentials, as a person gives them to a program: in the environment."""


@pytest.fixture(scope="module")
def api(clients: Cloud) -> TestApi:
    """An API that lets in only who signs and may."""
    return make_api(clients)


@pytest.fixture(scope="module")
def url(api: TestApi) -> str:
    return api.url


def make_api(clients: Cloud, authorization: Literal["AWS_IAM", "NONE"] = "AWS_IAM") -> TestApi:
    """Make an API with nothing but `$connect`."""
    api = TestApi(clients)
    api.route("$connect", api.mock(), response=False, AuthorizationType=authorization)
    api.stage(api.deploy())
    return api


@pytest.fixture(scope="module")
def friend(clients: Cloud, api: TestApi) -> Key:
    """Somebody who may connect, and do nothing else."""
    clients.iam.create_user(UserName="friend")
    key = clients.iam.create_access_key(UserName="friend")["AccessKey"]
    arn = f"arn:aws:execute-api:{REGION}:{clients.lab.account}:{api.id}/{STAGE}/$connect"
    grant = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [grant]})
    clients.iam.put_user_policy(UserName="friend", PolicyName="connect", PolicyDocument=document)
    return {KEY: key["AccessKeyId"], SECRET: key["SecretAccessKey"]}


def sign_as(key: Key, url: str, longest_url: int = LONGEST_URL) -> Sign:
    """Return what signs with somebody's credentials, as the environment gives them."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in key.items():
            environment.setenv(name, value)
        return signer(url, Target(region=REGION), longest_url=longest_url)


def enter(url: str, sign: Sign) -> None:
    """Connect, and leave again."""

    async def connect() -> None:
        async with open_session(url, sign=sign):
            pass

    asyncio.run(connect())


@pytest.mark.parametrize("query", ["", "?b=2&a=x%20y+z&e=", "?a=1&a=2"])
@pytest.mark.parametrize("longest_url", [LONGEST_URL, 10], ids=["query", "headers"])
def test_in(url: str, friend: Key, query: str, longest_url: int) -> None:
    """Who may connect gets in, signed in the query or in headers, whatever else the URL asks for."""
    enter(url, sign_as(friend, url + query, longest_url))


@pytest.mark.parametrize("longest_url", [LONGEST_URL, 10], ids=["query", "headers"])
def test_a_session_in(url: str, friend: Key, clients: Cloud, longest_url: int) -> None:
    """The keys of a session get in with its token, and not without it, nor with another."""
    sts = boto3.client(
        "sts",
        REGION,
        endpoint_url=clients.lab.endpoint,
        aws_access_key_id=friend[KEY],
        aws_secret_access_key=friend[SECRET],
    )
    found = sts.get_session_token()["Credentials"]
    session = {KEY: found["AccessKeyId"], SECRET: found["SecretAccessKey"], TOKEN: found["SessionToken"]}
    enter(url, sign_as(session, url, longest_url))
    for token in ("", "another"):
        with pytest.raises(AccessError, match="does not know these credentials") as caught:
            enter(url, sign_as(session | {TOKEN: token}, url, longest_url))
        assert caught.value.where == url
        assert "X-Amz-" not in f"{caught.value.what} {caught.value.hint}"


def test_signing_what_is_open(clients: Cloud, friend: Key) -> None:
    """A signature that nobody asks for does no harm."""
    url = make_api(clients, "NONE").url
    enter(url, sign_as(friend, url))


def wschat_chat(*arguments: str, **key: str) -> subprocess.CompletedProcess[str]:
    """Run a chat that ends as soon as it is connected."""
    done = wschat("chat", *arguments, **key)
    for secret in ("X-Amz-", "AWS4-HMAC", "Traceback", key.get(SECRET, "AWS4-HMAC")):
        assert secret not in done.stdout + done.stderr
    return done


def test_the_program_signs(url: str, friend: Key) -> None:
    """A chat that signs gets in; one that doesn't, or has nothing to sign with, says what to do."""
    unsigned: tuple[str, ...] = ("--url", url)
    signed = (*unsigned, "--sign", "--region", REGION)
    for arguments, key, code, says in (
        (signed, friend, 0, ""),
        (unsigned, friend, 5, "wschat chat --sign"),
        (signed, {}, 4, "no usable AWS credentials"),
    ):
        done = wschat_chat(*arguments, **key)
        assert (done.returncode, says in done.stderr) == (code, True), done.stderr


def test_the_program_remembers_to_sign(url: str, friend: Key) -> None:
    """What provision kept is what chat does, unless the command line says otherwise."""
    Provisioned(url=url, sign=True, region=REGION).keep()
    assert wschat_chat(**friend).returncode == 0
    assert wschat_chat("--no-sign", **friend).returncode == 5
    assert wschat_chat("--profile", "nobody", **friend).returncode == 4
    (file,) = (paths.state_dir() / "labs").iterdir()
    kept = file.read_text()
    assert friend[KEY] not in kept
    Provisioned(url=url, sign=True, region=REGION, profile="nobody").keep()
    done = wschat_chat(**friend)
    assert (done.returncode, "nobody" in done.stderr) == (4, True), done.stderr


@pytest.mark.usefixtures("account")
def test_from_end_to_end(cloud: Cloud) -> None:
    """`--auth iam` lets in who signs; the chat signs by itself, and a later provision keeps the choice."""
    done = wschat("provision", "--yes", "--auth", "iam", "--prefix", cloud.lab.prefix)
    assert done.returncode == 0, done.stderr
    assert "Anyone whose AWS credentials allow it can connect" in done.stderr
    signed = wschat("chat", "--name", "ann", stdin="/rooms\n")
    assert (signed.returncode, "you are ann" in signed.stdout) == (0, True), signed.stderr
    assert plan(cloud) == (), "without --auth it stays as it is"
    opened = plan(lab_of(cloud, choices=Choices(auth="none")))
    kinds = sorted(step.resource.kind for step in opened)
    deployed = ["API", "deployment", "deployment", "route", "stage"]
    assert kinds == [*deployed, "table", "table"], "a new deployment, the old one goes; the tables keep it"
    tear_down(cloud)
