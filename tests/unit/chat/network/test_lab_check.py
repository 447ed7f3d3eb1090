"""Whether a lab works: what is asked, and what is said of what does not work."""

import asyncio

import pytest

from tests.support.late_lab import FAILED, FULL, GOODBYE, REPEATED, SILENT, TAKEN, UNPOSTED, LateLab, late_lab
from wschat.chat.machine.advice import FUNCTIONS
from wschat.chat.network.lab_check import Timeouts, check
from wschat.errors import AnswerError, WschatError
from wschat.protocol.symptoms import DOCTOR, Symptom
from wschat.retry import Failure
from wschat.target import SignedHandshake

STEPS = ["register", "create", "join", "message", "leave"]
ALL = [*STEPS, "register"]


def failure(lab: LateLab, **timeouts: float) -> WschatError:
    """Return the error of one check."""
    with pytest.raises(WschatError) as caught:
        asyncio.run(check(lab.url, timeouts=Timeouts(**timeouts)))
    return caught.value


def test_what_works() -> None:
    """A name that nobody has is registered, and a room made and left, as often as asked; each time anew."""
    with late_lab() as lab:
        for questions in (1, 2):
            assert asyncio.run(check(lab.url, questions=questions)) == ()
        lab.until([*ALL, *STEPS, *ALL])
    names = {request["value"] for request in lab.server.requests}
    assert all(name.startswith("wschat-check-") and len(name) <= 32 for name in names)
    assert len(names) == 2


def test_who_does_not_sign() -> None:
    """Who signs is refused without a signature; a lab that lets them in all the same may just be late."""
    with late_lab() as lab:

        def sign() -> SignedHandshake:
            return SignedHandshake(lab.url, {"Authorization": "ours"})

        with pytest.raises(AnswerError, match="lets in who does not sign") as caught:
            asyncio.run(check(lab.url, sign))
        assert (caught.value.where, caught.value.failure) == ("$connect", Failure.NOT_SERVED)
        lab.server.lets_in = lambda request: "Authorization" in request.headers
        assert asyncio.run(check(lab.url, sign)) == ()
        lab.until(ALL)


def test_a_lab_that_is_full() -> None:
    """Where no room can be made, what needs one is not tried, and that is no failure."""
    with late_lab(("create", FULL)) as lab:
        assert asyncio.run(check(lab.url)) == ("create", "join", "message", "leave")
        lab.until(["register", "create", "register"])


def test_who_has_gone() -> None:
    """A name is free again a moment after its connection has closed: that is Disconnect's part."""
    with late_lab("", TAKEN) as lab:
        assert asyncio.run(check(lab.url)) == ()
        lab.until([*ALL, "register"])
    assert len({request["value"] for request in lab.server.requests}) == 1


@pytest.mark.parametrize("step", STEPS)
def test_the_step_that_fails(step: str) -> None:
    """What fails is named by its step; then the room is left."""
    with late_lab((step, FAILED)) as lab:
        error = failure(lab)
        assert (error.where, f"what {FUNCTIONS[step]} raised" in error.hint) == (step, True)
        lab.until([*STEPS[: STEPS.index(step) + 1], "leave"])
    with late_lab((step, GOODBYE)) as lab:
        assert failure(lab).where == f"{step}, at {lab.url}"


@pytest.mark.parametrize(
    ("step", "instead", "reply", "says"),
    [
        ("register", '{"type": "signup", "name": "x", "id": "another"}', 1, "no answer within"),
        ("join", SILENT, 1, "no answer within 1 s, as where a route response is not served yet"),
        ("create", UNPOSTED, 30, "nothing was posted"),
        ("message", UNPOSTED, 30, "nothing was posted"),
        ("leave", UNPOSTED, 30, "nothing was posted"),
        ("create", REPEATED, 30, "nothing was posted"),
    ],
)
def test_what_does_not_come(step: str, instead: str, reply: float, says: str) -> None:
    """A lab that answers only somebody else, or replies, often even, and posts nothing, may just be late."""
    with late_lab((step, instead)) as lab:
        error = failure(lab, reply=reply, post=1)
    assert isinstance(error, AnswerError)
    assert says in error.what
    assert (error.where, error.failure) == (step, Failure.NOT_SERVED)
    assert error.symptom is (Symptom.SILENT if reply < 30 else Symptom.NOT_HEARD)
    assert error.hint.endswith(DOCTOR)
