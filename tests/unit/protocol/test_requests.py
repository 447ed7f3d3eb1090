"""A request is read as it was written; of a strange one, what can be."""

import pytest

from wschat.protocol.limits import ID_LIMIT
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Request, decode_request


def test_requests_round_trip() -> None:
    """A request that is encoded is decoded to the same request."""
    request = Request("join", "Ops", "1", "secret", 5)
    assert decode_request(request.encode()) == request


def test_a_field_of_the_wrong_type_is_missing() -> None:
    """So is one that is too long, or no text."""
    strange = '{"action":7,"value":[],"id":"%s","token":"\\ud800","after":true}'
    assert decode_request(strange % ("x" * (ID_LIMIT + 1))) == Request("")


@pytest.mark.parametrize("body", [None, "", "{", "[]", '"x"', "[" * 100_000], ids=range(6))
def test_no_request(body: object) -> None:
    """What is no JSON object is refused."""
    with pytest.raises(Refused) as refused:
        decode_request(body)
    assert refused.value.code == ErrorCode.BAD_REQUEST
