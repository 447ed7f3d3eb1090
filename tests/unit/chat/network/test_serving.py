"""Whether a lab is served: what is waited for, what is said at once, and what remains."""

import re
from collections.abc import Callable

import pytest

from tests.studies.account import Account
from tests.support.late_lab import (
    BUSY,
    DENIED,
    FAILED,
    FORBIDDEN,
    FULL,
    GOODBYE,
    TIMED_OUT,
    UNKNOWN,
    Late,
    late_lab,
)
from tests.support.plane.embedded import Embedded
from tests.support.updates import updated_api
from wschat.chat.network.serving import ONCE, UPDATED, Proof, ask_until_served, check_until_served, proof_of
from wschat.errors import AnswerError, ConnectError, WschatError
from wschat.retry import Failure


class Outcome:
    """What checking a lab on virtual time ends with, after which pauses, and what was told before each."""

    def __init__(self, url: str) -> None:
        self.error: WschatError | None = None
        self.pauses: list[float] = []
        self.told: list[tuple[str, float]] = []
        try:
            check_until_served(
                url,
                None,
                on_wait=lambda *told: self.told.append(told),
                sleep=self.pauses.append,
                clock=lambda: sum(self.pauses),
            )
        except WschatError as error:
            self.error = error


@pytest.mark.parametrize(
    ("late", "says"),
    [
        (403, "HTTP 403: no such stage"),
        (429, "HTTP 429: API Gateway throttles"),
        (500, "HTTP 500: API Gateway could not call the $connect function"),
        (502, "HTTP 502: the $connect function failed"),
        (503, "HTTP 503"),
        (FAILED, "Internal server error: the function failed"),
        (FORBIDDEN, "Forbidden: API Gateway has no route"),
        (DENIED, "AccessDeniedException"),
        (BUSY, "later (busy)"),
        (UNKNOWN, "no such action (unknown-action)"),
        (GOODBYE, "the connection is lost"),
        (("leave", GOODBYE), "the connection is lost"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_passes(late: Late, says: str) -> None:
    """What AWS says while it has not caught up is waited for, and said, at growing intervals."""
    with late_lab(*[late] * 6) as lab:
        outcome = Outcome(lab.url)
    assert (outcome.error, len(outcome.told)) == (None, 6)
    assert all(says in reason for reason, _ in outcome.told)
    assert [seconds for _, seconds in outcome.told] == [sum(outcome.pauses[:n]) for n in range(6)]
    assert 0.5 <= outcome.pauses[0] <= 1
    assert 2.5 <= outcome.pauses[5] <= 5


@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize("is_known", [True, False])
def test_what_remains(*, is_known: bool) -> None:
    """What does not pass is named after two minutes, with what to do; so is a host that is not known yet."""
    with late_lab(*[GOODBYE] * 99) as lab:
        outcome = Outcome(lab.url if is_known else "ws://nowhere.invalid/x")
    assert outcome.error
    assert ("(1001)" if is_known else "no host nowhere.invalid") in outcome.error.what
    assert "; still so after 12" in outcome.error.what
    assert re.match("AWS may need longer: try `wschat chat` in a few minutes; else .", outcome.error.hint)
    assert 120 <= sum(outcome.pauses) <= 125
    assert len(outcome.told) == len(outcome.pauses)


@pytest.mark.parametrize(
    ("late", "kind", "says"),
    [
        (404, ConnectError, "HTTP 404"),
        (TIMED_OUT, AnswerError, "Endpoint request timed out"),
        (FULL, AnswerError, "full␛[31m (full)"),
        (("join", FULL), AnswerError, "full␛[31m (full)"),
        ("\x1b[31mrubbish", AnswerError, "something else: ␛[31mrubbish"),
    ],
    ids=["404", "timeout", "full", "full later", "rubbish"],
)
def test_what_does_not_pass(late: Late, kind: type[WschatError], says: str) -> None:
    """What waiting does not help is raised at once."""
    with late_lab(late) as lab:
        outcome = Outcome(lab.url)
    assert type(outcome.error) is kind
    assert says in outcome.error.what
    assert outcome.told == []


class Update:
    """A stage on the AWS-like plane that has just been updated: `join` is new on it."""

    def __init__(self, account: Account) -> None:
        self._plane, self._api = account.plane, updated_api(account.lab(), "dev")

    def is_met(self, seconds: float) -> bool:
        """Tell whether a fresh connection meets it, so many seconds after it."""
        return "join" in self._plane.served(self._api, "dev", seconds)

    def ends(self, proof: Proof, begin: float) -> float:
        """Return when one who begins so many seconds after it has proof of it."""
        now = [begin]

        def ask() -> None:
            for _ in range(proof.questions):
                if not self.is_met(now[0]):
                    raise AnswerError("no answer", failure=Failure.NOT_SERVED)
                now[0] += 0.2

        def sleep(seconds: float) -> None:
            now[0] += seconds

        ask_until_served(ask, proof, begin, on_wait=lambda *_: None, sleep=sleep, clock=lambda: now[0])
        return now[0]

    def stays(self, end: float) -> bool:
        """Tell whether all connections from then on meet it."""
        return all(self.is_met(end + later / 2) for later in range(200))


@pytest.fixture(scope="module")
def update(embedded: Embedded) -> Update:
    return Update(Account(embedded))


def test_what_proves_an_update(update: Update) -> None:
    """Three in a row end inside of AWS's turns, whenever one begins; five that end 90 s after it do not."""
    three = UPDATED._replace(in_a_row=3, earliest=0.0)
    assert not any(update.stays(update.ends(three, begin)) for begin in range(60))
    ends = [update.ends(UPDATED, begin) for begin in range(120)]
    assert all(map(update.stays, ends))
    assert 90 <= min(ends) <= max(ends[:60]) < 110
    assert all(end - begin >= 4 * 4 for begin, end in enumerate(ends)), "five, 4 s apart"


class Asked:
    """What is answered on virtual time, so many seconds after an update, and how it ends."""

    def __init__(self, answer: Callable[[float], Exception | None], age: float = 0.0) -> None:
        self.at: list[float] = []
        self.told: list[str] = []
        self.now = self.began = age
        self.error: WschatError | None = None

        def ask() -> None:
            self.at.append(self.now)
            if error := answer(self.now):
                raise error

        def on_wait(why: str, _seconds: float) -> None:
            self.told.append(why)

        try:
            ask_until_served(ask, UPDATED, age, on_wait=on_wait, sleep=self._sleep, clock=lambda: self.now)
        except WschatError as error:
            self.error = error

    def _sleep(self, seconds: float) -> None:
        self.now += seconds


def test_an_update() -> None:
    """It is tried at once, and then when a row of five can end 90 s after the update."""
    asked = Asked(lambda _: None)
    assert (asked.at, asked.error) == ([0, 74, 78, 82, 86, 90], None)
    assert asked.told == [f"{held} of 5 connections in a row hold" for held in range(5)]
    assert Asked(lambda _: None, age=200).at == [200, 204, 208, 212, 216]


def test_what_was_before_an_update() -> None:
    """Any answer until 90 s after it may be that of what was there before; no network is none."""
    wrong = AnswerError("another answer")
    asked = Asked(lambda now: wrong if now < 80 else None)
    assert (asked.at[-1], asked.error) == (82 + 4 * 4, None)
    assert asked.told[0] == "0 of 5 connections in a row hold (another answer)"
    asked = Asked(lambda _: wrong)
    assert (asked.at[-1], asked.error) == (90, wrong)
    refused = ConnectError("connection refused")
    asked = Asked(lambda _: refused)
    assert (asked.at, asked.error) == ([0], refused)


def test_an_update_that_is_never_served() -> None:
    """After 300 s it is given up, with what was wrong last and what to do."""
    asked = Asked(lambda now: AnswerError("silence", failure=Failure.NOT_SERVED) if now % 24 < 8 else None)
    assert asked.error
    assert 280 <= asked.now <= 300
    assert asked.error.what == f"silence; still so after {asked.now:.0f} s"
    assert "try `wschat chat` in a few minutes" in asked.error.hint


@pytest.mark.parametrize("age", [None, 300.0])
def test_what_is_asked_once(age: float | None) -> None:
    """A stage that was never updated, or long ago, is asked once."""
    assert (proof_of(age), ONCE.in_a_row, ONCE.questions) == (ONCE, 1, 1)
    assert proof_of(299) is UPDATED
