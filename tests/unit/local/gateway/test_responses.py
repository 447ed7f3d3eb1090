"""What becomes of what a function returns."""

import json
import re
from urllib.parse import quote

import pytest

from tests.support.websocket_api import ERROR, PATIENCE_S, TestApi, answers, ask, opened, refused


@pytest.mark.parametrize(
    "asked",
    [
        "raise=1",
        "returns=1",
        "returns={}",
        'returns={"statusCode": 101}',
        'returns={"statusCode": 99999}',
        'returns={"statusCode": 200, "headers": ["x"]}',
        'returns={"statusCode": 200, "headers": {"x": "a\\r\\nb: c"}}',
        'returns={"statusCode": 403, "headers": {"Content-Type": "\\u65e5"}}',
        'returns={"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "\\u65e5"}}',
    ],
)
def test_connect_that_returns_no_response(api: TestApi, asked: str) -> None:
    """A `$connect` that raises, or returns no response or what HTTP can't bear, ends with 502."""
    status, body = refused(f"{api.url}?{quote(asked, safe='=')}")
    assert (status, body["message"]) == (502, "Internal server error")


@pytest.mark.parametrize("status", [301, 400, 401, 500, 503])
def test_statuses(api: TestApi, status: int) -> None:
    """A two-way route sends what its function returns, whatever the status; a one-way route nothing."""
    returned = json.dumps({"statusCode": status, "body": '{"no" : "😀"}'})
    with opened(api.url) as client:
        client.send(json.dumps({"action": "echo", "returns": returned}))
        assert client.recv(PATIENCE_S) == '{"no" : "😀"}'
        assert answers(client, {"action": "one-way", "returns": returned}) == []


@pytest.mark.parametrize(
    "returned",
    [
        '"text"',
        "null",
        "{}",
        '{"statusCode": "invalid", "body": "text"}',
        '{"statusCode": 200, "body": {}}',
        '{"statusCode": 200, "headers": [1]}',
    ],
)
def test_bad_shape(api: TestApi, returned: str) -> None:
    """What is no response causes `Internal server error` where one is waited for."""
    with opened(api.url) as client:
        client.send(json.dumps({"action": "echo", "returns": returned}))
        assert re.fullmatch(ERROR % "Internal server error", str(client.recv(PATIENCE_S)))
        assert answers(client, {"action": "one-way", "returns": returned}) == []


def test_mock_without_a_status(api: TestApi) -> None:
    """A MOCK whose request template yields no integer status causes `Internal server error`."""
    with opened(api.url) as client:
        assert ask(client, {"action": "mock-bad"})["message"] == "Internal server error"
