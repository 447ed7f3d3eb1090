"""DynamoDB's client: it asks where botocore does, and the same, tries the same again, and raises the same."""

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import Loader
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker
from botocore.session import get_session

from tests.support.functions.answering import answered, answering, give_role, reply
from tests.support.plane.inside import before_send
from tests.support.plane.wire import Answer, Request
from wschat.functions.shared.aws import ClientError
from wschat.functions.shared.dynamodb_client import RETRIED, TRANSIENT, DynamoDB, dynamodb, url_in

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PREFIX = "com.amazonaws.dynamodb.v20120810#"
KEY = {"TableName": "rooms", "Key": {"room": {"S": "ops"}}, "ConsistentRead": True}
BUSY = reply(503, b"<html>Service Unavailable</html>")


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[float, ...]]]:
    """Give the function a role, as Lambda does; note between what each pause is drawn, and make none."""
    give_role(monkeypatch)
    drawn: list[tuple[float, ...]] = []

    def none(*between: float) -> float:
        drawn.append(between)
        return 0.0

    monkeypatch.setattr("random.uniform", none)
    dynamodb.cache_clear()
    yield drawn
    dynamodb.cache_clear()


def theirs(region: str) -> "DynamoDBClient":
    return get_session().create_client("dynamodb", region_name=region)  # type: ignore[return-value]


asking = partial(answered, DynamoDB)


def refused(*connections: list[bytes | None], operation: str = "GetItem") -> tuple[ClientError, list[bytes]]:
    """Return the error in which a call ends, and what was asked."""
    with asking(*connections) as (client, asked), pytest.raises(ClientError) as raised:
        client.call(operation, **KEY)
    return raised.value, asked


def test_regions() -> None:
    """DynamoDB is where botocore's data have it, in all of AWS's regions, and where its client asks, too."""
    partitions = Loader().load_data("partitions")["partitions"]
    suffixes = {region: each["outputs"]["dnsSuffix"] for each in partitions for region in each["regions"]}
    regions = {region: suffix for region, suffix in suffixes.items() if not region.endswith("-global")}
    assert {region: url_in(region) for region in regions} == {
        region: f"https://dynamodb.{region}.{suffix}" for region, suffix in regions.items()
    }
    some = ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1")
    assert [url_in(region) for region in some] == [theirs(region).meta.endpoint_url for region in some]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:2"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:2"},
    ],
)
def test_another_endpoint(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks where the environment says, as botocore does: in a lab on this machine, there."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    host = theirs("us-east-1").meta.endpoint_url.partition("//")[2]
    assert dynamodb().host == host
    assert dynamodb() is dynamodb()


@pytest.mark.parametrize("path", ["", "/dynamodb", "/dynamodb/"])
def test_the_same_request(path: str) -> None:
    """The same is sent to the same path as by botocore, but for what it says of itself."""
    sent: list[Request] = []

    def note(request: Request) -> Answer:
        sent.append(request)
        return Answer(200, {}, b"{}")

    with answering([reply(200, b'{"Item": {}}')]) as (url, asked):
        ours = DynamoDB(f"{url}{path}")
        assert ours.call("GetItem", **KEY) == {"Item": {}}
        ours.close()
        client: Any = get_session().create_client(
            "dynamodb", region_name="us-east-1", endpoint_url=f"{url}{path}"
        )
        client.meta.events.register("before-send", before_send(note))
        client.get_item(**KEY)
    head, _, body = asked[0].decode().partition("\r\n\r\n")
    line, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
    assert line == f"POST {sent[0].target} HTTP/1.1"
    assert json.loads(body) == json.loads(sent[0].body)
    for name in ("content-type", "x-amz-target", "host"):
        assert headers[name] == sent[0].headers[name]


def test_what_is_tried_again() -> None:
    """It is what botocore's retry mode `standard` tries again."""
    slowed: Any = ThrottledRetryableChecker
    failed: Any = TransientRetryableChecker
    assert {*slowed._THROTTLED_ERROR_CODES, *failed._TRANSIENT_ERROR_CODES} == RETRIED
    assert set(failed._TRANSIENT_STATUS_CODES) == TRANSIENT


@pytest.mark.parametrize(
    "answer",
    [
        BUSY,
        reply(500, b'{"__type": "InternalServerError", "message": "no"}'),
        *(
            reply(400, f'{{"__type": "{PREFIX}{code}", "message": "no"}}'.encode())
            for code in ("ProvisionedThroughputExceededException", "TransactionInProgressException")
        ),
    ],
)
def test_tried_again(answer: bytes, pauses: list[tuple[float, ...]]) -> None:
    """Three attempts there are in all, with a back-off with jitter before each further one."""
    with asking([answer, answer, reply(200, b'{"Item": {}}')]) as (client, asked):
        assert client.call("GetItem", **KEY) == {"Item": {}}
    assert len(asked) == 3
    assert pauses == [(0, 1.0), (0, 2.0)]
    _, asked = refused([answer] * 3)
    assert len(asked) == 3


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Len",
        b"what?\r\n\r\n",
    ],
)
def test_no_answer(answer: bytes | None) -> None:
    """What the network says is told after three attempts, with the host."""
    error, asked = refused([answer], [answer], [answer])
    assert len(asked) == 3
    assert str(error).startswith(
        f"An error occurred ({error.code}) when calling the GetItem operation: no answer "
    )
    assert "from 127.0.0.1:" in str(error)
    assert error.__cause__


def test_no_connection() -> None:
    """Where nobody listens, the error's name tells it."""
    with pytest.raises(ClientError, match=r"ConnectionRefusedError.* no answer from 127.0.0.1:1: "):
        DynamoDB("http://127.0.0.1:1").call("GetItem", **KEY)


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (400, f'{{"__type":"{PREFIX}ValidationException","message":"no"}}', "ValidationException|no"),
        (400, '{"__type":"AccessDeniedException","Message":"No."}', "AccessDeniedException|No."),
        (400, '{"__type":"ValidationException:http://here","message":"no"}', "ValidationException|no"),
        (403, '{"message":"no"}', "403|no"),
        (403, "<html>", "403|the answer is no JSON, so it is not AWS's"),
        (200, "<html>", "200|the answer is no JSON, so it is not AWS's"),
        (200, "[" * 200_000, "200|the answer is no JSON, so it is not AWS's"),
        (400, '{"__type":"SomeException","message":"no","CancellationReasons":null}', "SomeException|no"),
        (400, '{"__type":"InvalidSignatureException","message":"no\\n\\nx-amz-security-token:secret"}',
            "InvalidSignatureException|no"),
    ],
)  # fmt: skip
def test_refused(status: int, said: str, words: str) -> None:
    """What is refused for good is asked once; the error has AWS's code and words, and nothing secret."""
    error, asked = refused([reply(status, said.encode())])
    code, _, message = words.partition("|")
    assert len(asked) == 1
    assert str(error) == f"An error occurred ({code}) when calling the GetItem operation: {message}"
    assert (error.code, error.reasons) == (code, [])


def test_reasons() -> None:
    """A transaction that is cancelled tells why, operation by operation."""
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "Transaction is ongoing"}]
    told = {
        "__type": f"{PREFIX}TransactionCanceledException",
        "Message": "no",
        "CancellationReasons": reasons,
    }
    error, _ = refused([reply(400, json.dumps(told).encode())], operation="TransactWriteItems")
    assert error.reasons == ["None", "TransactionConflict"]


def test_tokens() -> None:
    """A transaction whose answer was lost is not done twice: its attempts, and no others, have one token."""
    with asking([BUSY, None], [reply(200, b"{}"), reply(200, b"{}"), reply(200, b"{}")]) as (client, asked):
        client.call("TransactWriteItems", TransactItems=[])
        client.call("TransactWriteItems", TransactItems=[])
        client.call("PutItem")
    bodies = [json.loads(each.partition(b"\r\n\r\n")[2]) for each in asked]
    *first, second, single = (each.get("ClientRequestToken") for each in bodies)
    assert len(first) == 3
    assert len({*first}) == 1
    assert {*first, second, single} == {first[0], second, None}
    assert len(second) == 32
    assert first[0] != second
