"""What is written while something is recorded: calls, handshakes, messages; and no secret."""

import json
import re
import stat
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from tests.support.asynchronous import asynchronous
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Dropped
from tests.support.plane.inside import session
from tests.support.plane.wire import Answer
from wschat.chat.network.connection import open_session
from wschat.errors import ConnectError, LostError, UsageError
from wschat.lab.aws.session import connect, watch
from wschat.protocol.requests import Action
from wschat.protocol.requests import Request as Say
from wschat.recording import recorder
from wschat.target import SignedHandshake, Target

KEY, SECRET, TOKEN = "AKIAIOSFODNN7EXAMPLE", "a secret key that has no known form", "a token that has none"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test records."""
    monkeypatch.setenv(recorder.VARIABLE, str(tmp_path / "a" / "b"))
    return tmp_path / "a" / "b"


def written(place: Path) -> str:
    """Return what was written."""
    (file,) = place.iterdir()
    return file.read_text()


def lines(place: Path, kind: str) -> list[dict[str, Any]]:
    """Return what was written of a kind."""
    return [line for line in map(json.loads, written(place).splitlines()) if line["kind"] == kind]


def test_off() -> None:
    """Nothing is recorded unless that is asked for."""
    assert recorder.active() is None
    with recorder.handshake("ws://x") as logger:
        assert logger is None


def test_a_call(place: Path, embedded: Embedded) -> None:
    """A call is written with its parameters and what was answered; the client gets the same as ever."""
    cloud = connect(Target(endpoint_url=embedded.endpoint), session(embedded.forward))
    found = cloud.iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    who, made = lines(place, "call")
    assert (who["service"], who["operation"]) == ("sts", "GetCallerIdentity")
    assert made["parameters"] == {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}
    assert (made["service"], made["operation"], made["status"]) == ("iam", "CreateRole", 200)
    assert made["headers"]["content-type"] == "text/xml"
    assert found["Role"]["RoleId"] not in made["body"]
    assert made["url"] == f"{embedded.endpoint}/"
    assert 0 <= made["seconds"] < 60
    assert made["at"] > who["at"] > 1.7e9
    (lab,) = lines(place, "lab")
    assert lab["region"] == "us-east-1"
    assert lab["account"] in who["body"]
    (run,) = lines(place, "run")
    assert run["format"] == recorder.FORMAT
    assert stat.S_IMODE(next(place.iterdir()).stat().st_mode) == 0o600


@pytest.mark.parametrize("answer", [Answer(400, {}, b'{"Error": "x"}'), Dropped])
def test_no_credential_of_a_call(place: Path, answer: Any) -> None:  # noqa: ANN401
    """Neither who signs, nor what is told of a signature, is written; nor is one without an answer lost."""

    def handle(request: Any) -> Answer:  # noqa: ANN401
        if answer is Dropped:
            raise Dropped
        told = f"{request.headers['authorization']} {KEY} {SECRET} {TOKEN} {request.headers}"
        return Answer(
            403, {"x-amzn-ErrorType": "InvalidSignatureException"}, json.dumps({"message": told}).encode()
        )

    own = boto3.Session(KEY, SECRET, TOKEN, "us-east-1", botocore_session=session(handle)._session)
    record = recorder.active()
    assert record
    client = own.client("lambda", config=Config(retries={"total_max_attempts": 1}))
    watch(record, own, client)
    with pytest.raises(Exception, match=r"InvalidSignature|Connection was closed"):
        client.get_function(FunctionName=f"arn:aws:lambda:us-east-1:123456789012:function:{TOKEN}")
    (call,) = lines(place, "call")
    assert call["parameters"]["FunctionName"].startswith("arn:aws:lambda:us-east-1:000")
    assert call.get("status") == 403 or "ConnectionClosedError" in call["error"]
    for leak in (KEY, SECRET, TOKEN, "123456789012", "Signature="):
        assert leak not in written(place)


def test_a_stream(place: Path) -> None:
    """What whoever called reads from a stream is theirs alone to read."""

    def handle(_request: Any) -> Answer:  # noqa: ANN401
        return Answer(200, {}, b"payload")

    client = session(handle).client("lambda")
    record = recorder.active()
    assert record
    record.watch(client)
    assert client.invoke(FunctionName="f")["Payload"].read() == b"payload"
    (call,) = lines(place, "call")
    assert (call["status"], "body" in call) == (200, False)


async def talk(websocket: ServerConnection) -> None:
    """Answer in frames, of which the first ends in the middle of a secret, then close."""
    await websocket.recv()
    await websocket.send(['{"token": "s3c', 'r3t", "x": 1}'])
    await websocket.close(1001, "Going away")


@asynchronous
async def test_a_connection(place: Path) -> None:
    """Handshake, messages with their frames, and the end are written; nothing of a signature or a token."""

    def sign() -> SignedHandshake:
        return SignedHandshake(f"{url}?X-Amz-Signature=5ec2e7", {"Authorization": f"AWS4 {SECRET}"})

    async with serve(talk, "127.0.0.1", 0, compression=None) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        async with open_session(url, sign=sign) as session:
            await session.send(Say(Action.REGISTER, "ann", token="s3cr3t", id="1"))
            with pytest.raises(LostError):
                _ = [frame async for frame in session.frames()]
    (opened,) = lines(place, "handshake")
    assert opened["url"].startswith(f"{url}?X-Amz-Signature=hidden-")
    assert (opened["status"], opened["headers"]["upgrade"]) == (101, "websocket")
    assert opened["offered"]["User-Agent"].startswith("wschat/")
    said, answered, *_ = (each for each in lines(place, "message") if each["opcode"] == "text")
    assert (said["from"], json.loads(said["text"])["value"]) == ("client", "ann")
    assert (answered["from"], answered["frames"], answered["connection"]) == (
        "server",
        [14, 13, 0],
        opened["connection"],
    )
    assert json.loads(answered["text"])["token"] == json.loads(said["text"])["token"]
    ends = [
        (each["from"], each["code"], each["reason"]) for each in lines(place, "message") if "code" in each
    ]
    assert ends == [("server", 1001, "Going away"), ("client", 1001, "Going away")]
    assert not re.search(f"s3c|5ec2e7|{SECRET}", written(place))


@asynchronous
async def test_a_refusal(place: Path) -> None:
    """A handshake that is refused is written with the body, one without an answer with the error."""

    def refuse(connection: ServerConnection, _request: Request) -> Response:
        return connection.respond(403, json.dumps({"message": "Forbidden", "password": "s3cr3t"}))

    async with serve(talk, "127.0.0.1", 0, process_request=refuse) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        with pytest.raises(ConnectError, match="403"):
            async with open_session(url):
                pass
    with pytest.raises(ConnectError, match="refused"):
        async with open_session(url):
            pass
    refused, nobody = lines(place, "handshake")
    assert (refused["status"], json.loads(refused["body"])["message"]) == (403, "Forbidden")
    assert json.loads(refused["body"])["password"].startswith("hidden-")
    assert "Errno" in nobody["error"]


def test_the_same_stand_ins_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recorded by several commands fits together."""
    for run in ("one", "two"):
        monkeypatch.setenv(recorder.VARIABLE, str(tmp_path / run))
        if record := recorder.active():
            record.write("x", 0, account="123456789012")
    (one,), (two,) = (lines(tmp_path / run, "x") for run in ("one", "two"))
    assert one == two
    assert one["account"] != "123456789012"


def test_a_directory_that_can_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said which, why, and what to do."""
    (tmp_path / "file").touch()
    monkeypatch.setenv(recorder.VARIABLE, str(tmp_path / "file" / "x"))
    with pytest.raises(UsageError, match=r"file/x can't be written: Not a directory") as caught:
        recorder.active()
    assert (caught.value.where, "unset" in caught.value.hint) == (recorder.VARIABLE, True)


def test_no_more_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A disk that is full ends the recording, which is said once, and nothing else."""
    monkeypatch.setenv(recorder.VARIABLE, str(tmp_path))
    record = recorder.active()
    assert record
    record._file.close()
    record._file = open("/dev/full", "w")  # noqa: SIM115, PTH123
    record.write("x", 0)
    record.write("x", 0)
    assert capsys.readouterr().err == "WSCHAT_RECORD: the recording ends here: No space left on device\n"


def test_a_body_that_is_nested_deeply(place: Path) -> None:
    """It is left out: whoever made the call gets it all the same."""
    record, body = recorder.active(), list[Any]()
    assert record
    for _ in range(2_000):
        body = [body]
    record.write("call", 0, operation="GetFunction", body=body)
    assert lines(place, "call") == [{"kind": "call", "at": 0, "operation": "GetFunction", "body": None}]
