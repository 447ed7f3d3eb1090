"""What was seen from outside: what failed, and by which route."""

from wschat.doctor.visit import Try, Visit
from wschat.protocol.symptoms import Symptom

SEEN = Visit(
    (
        Try("port", 0.1),
        Try("handshake", 0.1, route="$connect"),
        Try("join", 0.2, "Internal server error", Symptom.FAILED, "join"),
        Try("message", 0.2, route="message"),
        Try("the message, as the other hears it", 3.0, "not within 3 s", Symptom.NOT_HEARD, "message"),
    )
)


def test_what_failed() -> None:
    """What failed is found by its symptom and route; what is of no route is of each."""
    port = Try("port", 10.0, "nothing", Symptom.NO_ANSWER)
    assert [each.what for each in SEEN.failed] == ["join", "the message, as the other hears it"]
    assert [each.what for each in SEEN.of([Symptom.FAILED, Symptom.NOT_HEARD], ["join"])] == ["join"]
    assert Visit((port,)).of([Symptom.NO_ANSWER], ["join"]) == [port]


def test_what_went_well() -> None:
    """A route went well if all did that went through it; one that was not tried did not."""
    assert [SEEN.went_well(route) for route in ("$connect", "join", "message", "leave")] == [
        True,
        False,
        False,
        False,
    ]
