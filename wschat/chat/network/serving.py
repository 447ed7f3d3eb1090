"""How long a lab is checked: until it works, and after an update until all of AWS serves that."""

import random
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from wschat.chat.network import event_loop
from wschat.chat.network.connection import Sign
from wschat.chat.network.lab_check import PATIENT, Timeouts, check
from wschat.errors import AnswerError, ConnectError, LostError
from wschat.protocol.requests import Action
from wschat.retry import POLICIES, Backoff, Failure, Policy

T = TypeVar("T")


class Proof(NamedTuple):
    """What shows that a lab is served.

    Attributes:
        in_a_row: how many fresh connections must hold, one after the other.
        questions: conversations on each of them.
        earliest: seconds after the update before which no such row ends.
        retry: the pauses between connections, and for how many seconds one that does not hold is followed
            by another.
        timeouts: of each conversation.
        why: what people read of it beforehand; nothing where that one connection holds is enough.
    """

    in_a_row: int
    questions: int
    earliest: float
    retry: Policy
    timeouts: Timeouts
    why: str = ""

    @property
    def counts_from(self) -> float:
        """Seconds after the update from which a connection counts: those of a row then end late enough."""
        return self.earliest - (self.in_a_row - 1) * self.retry.backoff.pause(0)


ONCE = Proof(1, 1, 0.0, POLICIES[Failure.NOT_SERVED], PATIENT)
"""Of a stage that was never updated, or not lately: one conversation that holds.

Nothing older can be served in its place, and AWS served a new stage at the first try (3 of 3 recordings,
us-east-1, 2026-09). What else is late, such as a policy, is refused until it is there, and then stays.
"""
SETTLED_S = 300.0
"""Seconds after an update in which AWS must serve it everywhere."""
UPDATED = Proof(
    in_a_row=5,
    questions=2,
    earliest=90.0,
    retry=Policy(SETTLED_S - 5 * 4, Backoff(4.0, 4.0, jitter=0)),
    timeouts=Timeouts(reply=10.0),  # what is not served yet stays silent; what is took 0.8 s at most
    why="AWS serves an update everywhere only after some 80 s, and what was there before in turns with it"
    " until then. So 5 connections in a row must hold, 90 s after the update or later; after 300 s it is"
    " given up.",
)
"""Of a stage that was updated.

Fresh connections met old and new in turns until 75 to 83 s after the deployment, once three new ones in a
row and then an old one; one that was open met both within 0.2 s (recorded, us-east-1, 2026-09).
"""


def proof_of(age: float | None) -> Proof:
    """Return what shows that a stage is served which was updated so many seconds ago; None is never."""
    return ONCE if age is None or age >= SETTLED_S else UPDATED


def check_until_served(
    url: str,
    sign: Sign | None,
    age: float | None = None,
    *,
    on_wait: Callable[[str, float], None],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Action, ...]:
    """Check a lab until there is proof that it works, as `ask_until_served` does; `age` is its stage's."""
    needed = proof_of(age)

    def ask() -> tuple[Action, ...]:
        return event_loop.run(check(url, sign, needed.timeouts, needed.questions))

    return ask_until_served(ask, needed, age or 0.0, on_wait=on_wait, sleep=sleep, clock=clock)


def ask_until_served(
    ask: Callable[[], T],
    proof: Proof,
    age: float,
    *,
    on_wait: Callable[[str, float], None],
    sleep: Callable[[float], None],
    clock: Callable[[], float],
) -> T:
    """Ask over fresh connections until there is proof, or until it should have been there; return the answer.

    The first one is asked at once, since waiting does not help all that may be wrong. Until `earliest` any
    answer may be that of what was served before. `on_wait` is told before each pause what is waited for, and
    for how many seconds already.

    Raises:
        WschatError: it does not work; the first one that waiting does not help, or the last one.
    """
    start, held, asked = clock(), 0, 0
    while True:
        counts, reason = age + clock() - start >= proof.counts_from, ""
        try:
            answer = ask()
            held += counts
            if held >= proof.in_a_row:
                return answer
        except (ConnectError, LostError, AnswerError) as error:
            held, reason, so_far = 0, error.what, clock() - start
            if _is_permanent(error) and (age + so_far >= proof.earliest or not _is_answer(error)):
                raise
            if so_far >= proof.retry.patience:
                error.what += f"; still so after {so_far:.0f} s"
                error.hint = f"AWS may need longer: try `wschat chat` in a few minutes; else {error.hint}"
                raise
        so_far = clock() - start
        pause = proof.retry.backoff.pause(asked, random.random())  # noqa: S311  jitter is no secret
        asked += 1
        row = f"{held} of {proof.in_a_row} connections in a row hold" + (f" ({reason})" if reason else "")
        on_wait(row if proof.in_a_row > 1 else reason, so_far)
        sleep(max(pause, proof.counts_from - age - so_far))


def _is_permanent(error: ConnectError | LostError | AnswerError) -> bool:
    return not isinstance(error, LostError) and error.failure is Failure.PERMANENT


def _is_answer(error: ConnectError | LostError | AnswerError) -> bool:
    """Tell whether the API has said something; else there is no network or no such host."""
    return not isinstance(error, ConnectError) or error.status is not None
