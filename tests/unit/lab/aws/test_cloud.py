"""Calling AWS: what passes is retried, what does not is raised."""

from dataclasses import replace

import botocore.exceptions as aws
import pytest
from botocore.parsers import ResponseParserError

from tests.support.plane.clock import VirtualClock
from tests.unit.lab.aws.test_errors import refused
from wschat.errors import AwsError
from wschat.lab.attributes.answers import MISSING, Unknown
from wschat.lab.aws.cloud import POLL_S, Cloud, OutcomeUnknown
from wschat.retry import POLICIES, Failure

THROTTLED = refused("TooManyRequestsException", status=429)
NO_ANSWER = aws.ConnectionClosedError(endpoint_url="x")
EXISTS = refused("EntityAlreadyExists")


class Service:
    """Fails with an error until a time has come, and counts how often it was called."""

    def __init__(self, clock: VirtualClock, error: Exception, until: float) -> None:
        self.calls = 0
        self._clock, self._error, self._until = clock, error, until

    def __call__(self) -> str:
        self.calls += 1
        if self._clock.now() < self._until:
            raise self._error
        return "done"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def patient(clients: Cloud, clock: VirtualClock) -> Cloud:
    """The clients, on a clock that only sleeping moves."""
    return replace(clients, clock=clock, jitter=lambda: 0.5)


PASSING = {
    Failure.THROTTLED: THROTTLED,
    Failure.CONFLICT: EXISTS,
    Failure.NEW_ROLE: refused("InvalidParameterValueException", "cannot be assumed by Lambda"),
    Failure.NO_ANSWER: NO_ANSWER,
    Failure.NOT_FOUND: refused("NotFoundException", "Invalid API identifier specified"),
}


@pytest.mark.parametrize("failure", PASSING)
def test_patience(patient: Cloud, clock: VirtualClock, failure: Failure) -> None:
    """What passes in time is waited for, by the policy of its kind, and told; what does not is raised."""
    patience, error, told = POLICIES[failure].patience, PASSING[failure], list[tuple[str, float]]()
    hearing = replace(patient, on_wait=lambda *news: told.append(news))
    assert hearing.call(Service(clock, error, until=patience * 0.8)) == "done"
    assert {what for what, _ in told} == {failure.value}
    assert [seconds for _, seconds in told] == sorted(seconds for _, seconds in told)
    start = clock.now()
    with pytest.raises((aws.ClientError, aws.BotoCoreError)):
        patient.call(Service(clock, error, until=10_000))
    assert patience <= clock.now() - start < patience + 30


QUOTA = refused("TooManyRequestsException", "Maximum number of APIs has been reached", 429)


@pytest.mark.parametrize("error", [refused("AccessDenied"), QUOTA], ids=["denied", "quota"])
def test_what_stays_is_raised_at_once(patient: Cloud, clock: VirtualClock, error: Exception) -> None:
    """A denied call is not tried again, nor one that a quota forbids, whatever its code."""
    service = Service(clock, error, until=10_000)
    with pytest.raises(aws.ClientError):
        patient.call(service)
    assert (service.calls, clock.now()) == (1, 0)


GARBLED = ResponseParserError("invalid XML received: <html>502 Bad Gateway</html>")


@pytest.mark.parametrize(("error", "exists"), [(NO_ANSWER, False), (GARBLED, False), (EXISTS, True)])
def test_a_create_is_never_sent_twice(
    patient: Cloud, clock: VirtualClock, error: Exception, *, exists: bool
) -> None:
    """A create that may have been carried out has an unknown outcome, for whoever can look."""
    service = Service(clock, error, until=10_000)
    with pytest.raises(OutcomeUnknown) as unknown:
        patient.create(service)
    assert (service.calls, unknown.value.exists, unknown.value.error) == (1, exists, error)


def test_a_create_that_was_not_done_is_tried_again(patient: Cloud, clock: VirtualClock) -> None:
    """What AWS certainly did not do is tried again."""
    assert patient.create(Service(clock, THROTTLED, until=30)) == "done"


def test_find(patient: Cloud, clock: VirtualClock) -> None:
    """What does not exist is None; any other refusal is raised."""
    assert patient.find(Service(clock, refused("NoSuchEntity"), until=1)) is None
    with pytest.raises(aws.ClientError):
        patient.find(Service(clock, refused("AccessDenied"), until=1))


TO_LOOK = "User: x is not authorized to perform: lambda:GetAccountSettings on resource: *"
REFUSALS = {
    "not allowed to lambda:GetAccountSettings": refused("AccessDeniedException", TO_LOOK),
    "not allowed to CreateRole": refused("AccessDenied"),
    "no such call": refused("UnknownOperationException", "no such call"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_what_nobody_may_look_at(patient: Cloud, clock: VirtualClock, why: str) -> None:
    """Where nothing depends on a read, a refusal is noted once; what stands for its answer is empty."""
    noting = replace(patient, notes={})
    for _ in range(2):
        found = noting.ask("the limits", Service(clock, REFUSALS[why], until=1))
        assert (found, bool(found)) == (Unknown(), False)
    assert list(noting.notes) == [f"could not look at the limits: {why}"]


def test_what_ends_a_look(patient: Cloud, clock: VirtualClock) -> None:
    """What is not there is None; whom AWS does not know, and whom it does not answer, it refuses all."""
    assert patient.ask("it", Service(clock, refused("NoSuchEntity"), until=1)) is None
    for error in (refused("ExpiredToken"), refused("InvalidClientTokenId"), NO_ANSWER):
        with pytest.raises((aws.ClientError, aws.BotoCoreError)):
            patient.ask("it", Service(clock, error, until=10_000))


def test_a_page_without_its_list(patient: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for an empty one."""
    answers = [{"Items": [], "NextToken": "x"}, {"NextToken": ""}]
    monkeypatch.setattr(patient.api, "_make_api_call", lambda *_: answers.pop(0))
    assert patient.pages(patient.api, "get_apis", "Items[]") == [MISSING]


def test_poll(patient: Cloud, clock: VirtualClock) -> None:
    """Polling ends when it is so, with what was found, or with an error that names what was waited for."""
    assert patient.poll(lambda now: bool(now and now > 30), "the table", clock.now) == clock.now()
    assert 30 < clock.now() < 32
    with pytest.raises(AwsError, match="the table"):
        patient.poll(lambda now: now is None, "the table", clock.now)
    assert clock.now() > POLL_S
