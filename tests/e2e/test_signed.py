"""Who may connect: signed chats against MiniStack's own check of signatures and policies."""

import asyncio
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from tests.support.labs import plan, tear_down
from tests.support.terminal import wschat
from wschat import paths
from wschat.chat.network.connection import Sign, open_session
from wschat.errors import AccessError, ConnectError, WschatError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.signing import LONGEST_URL, signer
from wschat.lab.blueprint import STAGE
from wschat.target import SignedHandshake, Target

REGION = "us-east-1"


class Key(NamedTuple):
    """Somebody's credentials."""

    access_key: str
    secret_key: str
    token: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """How a person gives them to a program."""
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        return {name: value for name, value in zip(names, self, strict=True) if value}


@pytest.fixture(scope="module")
def api(clients: Cloud) -> str:
    """The id of an API that lets in only who signs and may."""
    return make_api(clients, "AWS_IAM")


@pytest.fixture(scope="module")
def url(clients: Cloud, api: str) -> str:
    return clients.lab.url(api, STAGE)


def make_api(clients: Cloud, authorization: Literal["AWS_IAM", "NONE"]) -> str:
    """Make an API with nothing but `$connect`; return its id."""
    make = clients.api
    api = make.create_api(
        Name=authorization, ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    mock = make.create_integration(
        ApiId=api, IntegrationType="MOCK", RequestTemplates={"$default": '{"statusCode": 200}'}
    )["IntegrationId"]
    make.create_route(
        ApiId=api, RouteKey="$connect", AuthorizationType=authorization, Target=f"integrations/{mock}"
    )
    make.create_stage(
        ApiId=api, StageName=STAGE, DeploymentId=make.create_deployment(ApiId=api)["DeploymentId"]
    )
    return api


@pytest.fixture(scope="module")
def stranger(clients: Cloud) -> Key:
    """Somebody whom AWS knows, and who may do nothing."""
    return make_user(clients, "stranger")


@pytest.fixture(scope="module")
def friend(clients: Cloud, api: str) -> Key:
    """Somebody who may connect, and do nothing else."""
    key = make_user(clients, "friend")
    arn = f"arn:aws:execute-api:{REGION}:{clients.lab.account}:{api}/{STAGE}/$connect"
    grant = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [grant]})
    clients.iam.put_user_policy(UserName="friend", PolicyName="connect", PolicyDocument=document)
    return key


def make_user(clients: Cloud, name: str) -> Key:
    """Make a user with a key."""
    clients.iam.create_user(UserName=name)
    key = clients.iam.create_access_key(UserName=name)["AccessKey"]
    return Key(key["AccessKeyId"], key["SecretAccessKey"])


def sign_as(key: Key, url: str, longest_url: int = LONGEST_URL) -> Sign:
    """Return what signs with somebody's credentials, as the environment gives them."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in key.environment.items():
            environment.setenv(name, value)
        return signer(url, Target(region=REGION), longest_url=longest_url)


def enter(url: str, sign: Sign | None, clock: Callable[[], float] = time.time) -> None:
    """Connect, and leave again."""

    async def connect() -> None:
        async with open_session(url, sign=sign, clock=clock):
            pass

    asyncio.run(connect())


def refusal(url: str, sign: Sign | None, clock: Callable[[], float] = time.time) -> WschatError:
    """Return the error that connecting ends with, which holds nothing secret."""
    with pytest.raises((AccessError, ConnectError)) as caught:
        enter(url, sign, clock)
    error = caught.value
    assert error.where == url.partition("?")[0]
    assert "X-Amz-" not in f"{error.what} {error.hint}"
    return error


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
        aws_access_key_id=friend.access_key,
        aws_secret_access_key=friend.secret_key,
    )
    found = sts.get_session_token()["Credentials"]
    session = Key(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    enter(url, sign_as(session, url, longest_url))
    for token in ("", "another"):
        error = refusal(url, sign_as(session._replace(token=token), url, longest_url))
        assert "does not know these credentials" in error.what


def test_unsigned(url: str) -> None:
    """Who does not sign is told to."""
    error = refusal(url, None)
    assert isinstance(error, ConnectError)
    assert error.status == 403
    assert "only who signs (AWS_IAM)" in error.what
    assert "`wschat chat --sign`" in error.hint


def test_wrong_secret(url: str, friend: Key) -> None:
    """A wrong secret is told from a key that nobody has."""
    error = refusal(url, sign_as(friend._replace(secret_key="wrong"), url))
    assert isinstance(error, AccessError)
    assert "the secret key is wrong" in error.what
    assert "--region" in error.hint


def test_unknown_key(url: str) -> None:
    """A key that AWS does not have is named as that."""
    error = refusal(url, sign_as(Key("AKIANOBODY", "x"), url))
    assert isinstance(error, AccessError)
    assert "AWS does not know these credentials" in error.what
    assert "log in again" in error.hint


def test_not_allowed(url: str, stranger: Key, clients: Cloud, api: str) -> None:
    """Who is known and has no permission is told which one, of what."""
    error = refusal(url, sign_as(stranger, url))
    assert isinstance(error, ConnectError)
    assert error.status == 403
    arn = f"arn:aws:execute-api:{REGION}:{clients.lab.account}:{api}/{STAGE}/$connect"
    assert error.hint == f"ask for execute-api:Invoke on {arn}"


class Elsewhen(SigV4QueryAuth):
    """Signs as a machine does whose clock is ahead by some seconds."""

    def __init__(self, key: Key, ahead: float) -> None:
        super().__init__(ReadOnlyCredentials(key.access_key, key.secret_key, None), "execute-api", REGION, 60)
        self._ahead = ahead

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        moment = datetime.now(UTC) + timedelta(seconds=self._ahead)
        request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
        super()._modify_request_before_signing(request)  # type: ignore[misc]


def signed_elsewhen(key: Key, url: str, ahead: float) -> Sign:
    request = AWSRequest("GET", url.replace("ws", "http", 1))
    Elsewhen(key, ahead).add_auth(request)
    return lambda: SignedHandshake(str(request.url).replace("http", "ws", 1), {})


@pytest.mark.parametrize(("ahead", "says"), [(-1000, "17 minutes behind"), (1000, "17 minutes ahead")])
def test_clock(url: str, friend: Key, ahead: float, says: str) -> None:
    """A clock that is off by more than AWS bears is named, and by how much."""
    enter(url, signed_elsewhen(friend, url, ahead=0))
    error = refusal(url, signed_elsewhen(friend, url, ahead), clock=lambda: time.time() + ahead)
    assert isinstance(error, AccessError)
    assert f"this machine's clock is {says}" in error.what
    assert "set the clock" in error.hint


def test_old_signature(url: str, friend: Key) -> None:
    """A URL that was signed long ago is told from a clock that is wrong."""
    error = refusal(url, signed_elsewhen(friend, url, ahead=-1000))
    assert "the signature is older than 5 minutes" in error.what
    assert "--sign" in error.hint


def test_signing_what_is_open(clients: Cloud, stranger: Key) -> None:
    """A signature that nobody asks for does no harm."""
    url = clients.lab.url(make_api(clients, "NONE"), STAGE)
    enter(url, sign_as(stranger, url))


def wschat_chat(*arguments: str, key: Key | None = None) -> subprocess.CompletedProcess[str]:
    """Run a chat that ends as soon as it is connected."""
    done = wschat("chat", *arguments, **(key.environment if key else {}))
    for secret in ("X-Amz-", "AWS4-HMAC", "Traceback", *([key.secret_key] if key else [])):
        assert secret not in done.stdout + done.stderr
    return done


def test_the_program_signs(url: str, friend: Key) -> None:
    """A chat that signs gets in; one that doesn't, or has nothing to sign with, says what to do."""
    signed = ("--url", url, "--sign", "--region", REGION)
    done = wschat_chat(*signed, key=friend)
    assert (done.returncode, done.stderr) == (0, "")
    done = wschat_chat("--url", url, key=friend)
    assert (done.returncode, "wschat chat --sign" in done.stderr) == (5, True), done.stderr
    done = wschat_chat(*signed)
    assert (done.returncode, "no usable AWS credentials" in done.stderr) == (4, True), done.stderr


def test_the_program_remembers_to_sign(url: str, friend: Key) -> None:
    """What provision kept is what chat does, unless the command line says otherwise."""
    paths.remember(Target(url=url, sign=True, region=REGION))
    assert wschat_chat(key=friend).returncode == 0
    assert wschat_chat("--no-sign", key=friend).returncode == 5
    assert wschat_chat("--profile", "nobody", key=friend).returncode == 4
    kept = (paths.state_dir() / paths.LAST_URL).read_text()
    assert friend.access_key not in kept
    paths.remember(Target(url=url, sign=True, profile="nobody"))
    done = wschat_chat(key=friend)
    assert (done.returncode, "nobody" in done.stderr) == (4, True), done.stderr


@pytest.mark.usefixtures("account")
def test_from_end_to_end(cloud: Cloud) -> None:
    """`--auth iam` lets in who signs; the chat signs by itself, and a later provision keeps the choice."""
    done = wschat("provision", "--yes", "--auth", "iam", "--prefix", cloud.lab.prefix)
    assert done.returncode == 0, done.stderr
    assert "Anyone whose AWS credentials allow it can connect" in done.stderr
    unsigned = wschat("chat", "--url", done.stdout.strip(), "--name", "ann", stdin="hi\n")
    assert (unsigned.returncode, "--sign" in unsigned.stderr) == (5, True)
    signed = wschat("chat", "--name", "ann", stdin="/rooms\n")
    assert (signed.returncode, "you are ann" in signed.stdout) == (0, True), signed.stderr
    assert plan(cloud) == (), "without --auth it stays as it is"
    opened = plan(replace(cloud, lab=replace(cloud.lab, authorization="NONE")))
    kinds = sorted(step.resource.kind for step in opened)
    assert kinds == ["API", "deployment", "deployment", "route", "stage"], (
        "a new deployment; the old one goes"
    )
    tear_down(cloud)
