"""What stands for the unexpected, and what is inside of texts."""

from datetime import UTC, datetime, timedelta

import pytest

from wschat.lab.attributes.answers import MISSING, Answer, Unknown, document, listed, seconds


def test_unknown() -> None:
    """Whatever is taken from it is itself, so it differs from all that is wanted; the empty one is false."""
    strange = Unknown("[7]")
    assert strange["Configuration"]["Role"].get("Arn", {}) is strange
    assert (tuple(strange), dict(strange.items())) == ((strange,), {strange: strange})
    assert "7" not in strange
    assert Unknown() != "x"
    assert not Unknown()


def test_missing() -> None:
    """What must be there is taken by brackets, what may be left out by `get`."""
    assert (Answer()["Role"], Answer().get("Role")) == (MISSING, None)


AT = 1_790_000_000.25


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (AT, AT),
        (datetime.fromtimestamp(AT, UTC), AT),
        (datetime.fromtimestamp(AT, UTC).replace(tzinfo=None), AT),
        ("2026-09-21T14:13:20.250+0000", AT),
        ("2026-09-21T14:13:20.250000123Z", AT),
        ("2026-09-21T14:13:20.25", AT),
        ("2026-09-21T16:13:20.25+02:00", AT),
        ("yesterday", None),
        (float("inf"), None),
        (10**400, None),
        (datetime.max.replace(tzinfo=UTC) - timedelta(1), 253402214399.999999),
        (MISSING, None),
        (None, None),
    ],
)
def test_seconds(moment: object, found: float | None) -> None:
    """A time is read in each of its forms, without a zone in UTC; what is none is None."""
    assert seconds(moment) == found


POLICY = {"Statement": [{"Sid": "a"}]}


@pytest.mark.parametrize(
    "text", [POLICY, '{"Statement":[{"Sid":"a"}]}', "%7B%22Statement%22%3A%5B%7B%22Sid%22%3A%22a%22%7D%5D%7D"]
)
def test_document(text: object) -> None:
    """A policy is read as an object, as JSON and percent-encoded; what it lacks is missing."""
    assert document(text) == POLICY
    assert document(text)["Statement"][0]["Effect"] is MISSING


@pytest.mark.parametrize("text", ["{", "7", "[" * 10_000, 7, None, ["x"], MISSING])
def test_no_document(text: object) -> None:
    """Whatever else stands there is no document, and is kept as it is."""
    assert isinstance(document(text), Unknown)
    assert listed(document(text)["Statement"]) == [document(text)]


def test_what_is_inside_of_names_stays() -> None:
    """JSON is not decoded once more: an ARN in it may be percent-encoded."""
    assert document('{"a":"%41"}') == {"a": "%41"}


def test_listed() -> None:
    """One may stand for a list of one; what is no object is unknown."""
    one = Answer(Sid="a")
    assert listed(one) == listed([one]) == [one]
    assert [type(each) for each in listed([one, "x", 7])] == [Answer, Unknown, Unknown]
