"""What is seen of a lab from outside, and that it is left as it was."""

import asyncio
from contextlib import suppress

import pytest

from tests.support.late_lab import (
    FAILED,
    FORBIDDEN,
    REPEATED,
    SILENT,
    TAKEN,
    UNKNOWN,
    UNPOSTED,
    LateLab,
    late_lab,
)
from tests.support.until import until
from wschat.doctor.asking import PROBES
from wschat.doctor.outside import Timeouts, visit
from wschat.doctor.visit import Visit
from wschat.protocol.symptoms import Symptom
from wschat.target import SignedHandshake

SOON = Timeouts(answer=1.0, post=1.0, free=1.0)
"""Where something stays away; all else has to come within them too, on a machine that is busy."""


def seen(lab: LateLab, *, talk: bool = False) -> Visit:
    return asyncio.run(visit(lab.url, talk=talk, timeouts=SOON))


def failed(lab: LateLab, *, talk: bool = False) -> list[tuple[str, str, Symptom | None]]:
    return [(each.what, each.route, each.symptom) for each in seen(lab, talk=talk).failed]


def test_what_works() -> None:
    """Each route is asked, and refuses what can't be: no room is made, nothing said, and the name is free."""
    with late_lab() as lab:
        found = seen(lab)
        asked = [request["action"] for request in lab.server.requests]
        assert not lab.server.births
    assert not found.failed
    assert not found.left
    assert asked == ["register", *(probe.route for probe in PROBES), "register"]
    assert [each.what for each in found.tries][:3] == [
        "name 127.0.0.1",
        f"port {lab.server.port}",
        "handshake",
    ]
    assert found.clock_ahead is not None
    assert abs(found.clock_ahead) < 60


def test_what_is_said_in_a_room() -> None:
    """With `talk` two talk in a room of their own, and each hears what it has to; it is gone then."""
    with late_lab() as lab:
        found = seen(lab, talk=True)
        assert not lab.server.rooms
    assert not found.failed
    assert not found.left
    heard = [each.what for each in found.tries if "hears it" in each.what]
    assert heard == ["the message, as the sender hears it", "the message, as the other hears it"]


@pytest.mark.parametrize(
    ("instead", "symptom"),
    [
        (FAILED, Symptom.FAILED),
        (FORBIDDEN, Symptom.FORBIDDEN),
        (UNKNOWN, Symptom.UNKNOWN_ACTION),
        (SILENT, Symptom.SILENT),
        ('{"message": "Bad request body", "connectionId": "c="}', Symptom.BAD_BODY),
        ('{"transactWrite": "SUCCESS"}', Symptom.UNREADABLE),
        (TAKEN, Symptom.REFUSED_REQUEST),
    ],
)
def test_an_answer_that_is_wrong(instead: str, symptom: Symptom) -> None:
    """What is answered in place of the right thing is told, and all others are asked all the same."""
    with late_lab(("join", instead)) as lab:
        found = seen(lab)
    assert [(each.route, each.symptom) for each in found.failed] == [("join", symptom)]
    assert {each.route for each in found.tries} >= {probe.route for probe in PROBES}


def test_a_handshake_that_is_refused() -> None:
    """Nothing else can be tried then."""
    with late_lab(502) as lab:
        assert failed(lab) == [("handshake", "$connect", Symptom.CONNECT_FAILED)]


def test_who_does_not_hear() -> None:
    """A message that is acked, and posted to nobody."""
    with late_lab(("message", ""), ("message", UNPOSTED)) as lab:
        wrong = failed(lab, talk=True)
    assert [each for each in wrong if each[2] is Symptom.NOT_HEARD] == [
        ("the message, as the sender hears it", "message", Symptom.NOT_HEARD),
        ("the message, as the other hears it", "message", Symptom.NOT_HEARD),
    ]


def test_a_room_that_can_not_be_left() -> None:
    """It goes when who is in it hangs up; where that does not help either, it is named."""
    leaving = (("leave", ""), *[("leave", FAILED)] * 4)
    with late_lab(*leaving) as lab:
        assert not seen(lab, talk=True).left
    with late_lab(*leaving) as lab:
        lab.server.blind = True
        found = seen(lab, talk=True)
    assert [left for left in found.left if left.startswith("the room wschat-doctor-")]


@pytest.mark.parametrize(
    ("answer", "made"), [(SILENT, True), (FAILED, True), (FORBIDDEN, False), (TAKEN, False)]
)
def test_a_room_that_may_have_been_made(answer: str, *, made: bool) -> None:
    """A request without a good answer may have been carried out all the same: it is looked whether it was."""
    with late_lab(("create", ""), ("create", answer)) as lab:
        found = seen(lab, talk=True)
        looks = [request["action"] for request in lab.server.requests].count("register")
    assert not found.left
    assert (looks == 5) is made, (
        "of the first, at hanging up, of the two, and to see whether the room is gone"
    )


def test_a_room_that_it_did_not_want() -> None:
    """Who is in a room after a request that should have been refused leaves it."""
    with late_lab(("create", UNPOSTED)) as lab:
        found = seen(lab)
        actions = [request["action"] for request in lab.server.requests]
    assert [each.route for each in found.failed] == ["create"]
    assert actions[actions.index("create") + 1] == "leave"
    assert [*found.left] == ["the room #"], "this server says that it is in none"


def test_a_visit_that_is_ended() -> None:
    """Who is stopped in the middle, as at Ctrl-C, leaves the room that it made."""
    with late_lab() as lab:

        async def stopped() -> None:
            def stop(what: str) -> None:
                if what == "of who joins" and (task := asyncio.current_task()):
                    task.cancel()

            with suppress(asyncio.CancelledError):
                await visit(lab.url, talk=True, on_try=stop)

        asyncio.run(stopped())
        until(lambda: not lab.server.people)
        assert not lab.server.rooms
        assert [request["action"] for request in lab.server.requests].count("leave") >= 2


def test_a_slow_network() -> None:
    """A visit has an end, however slow what it visits is, and says that it did not try the rest."""
    with late_lab(*[(probe.route, SILENT) for probe in PROBES]) as lab:
        found = asyncio.run(visit(lab.url, timeouts=Timeouts(answer=0.4, all=0.5)))
    assert found.untried
    assert sum(each.seconds for each in found.tries) < 2


def test_a_hostile_server() -> None:
    """Frames without an end, and one that is huge and full of escapes: little of it is kept or shown."""
    with late_lab(("create", REPEATED), ("join", "\x1b[31m" + "x" * 1_000_000)) as lab:
        found = asyncio.run(visit(lab.url, timeouts=SOON))
    shown = "".join(each.seen for each in found.tries)
    assert "\x1b" not in shown
    assert len(shown) < 1000 * len(found.tries)
    assert {each.route for each in found.tries} >= {probe.route for probe in PROBES}


@pytest.mark.parametrize("talk", [False, True])
def test_a_name_that_stays(*, talk: bool) -> None:
    """Where `$disconnect` does not run, the name is not free again; it is tried before anything is posted."""
    with late_lab() as lab:
        lab.server.blind = True
        found = seen(lab, talk=talk)
    assert [each.symptom for each in found.failed] == [Symptom.NAME_STAYS]
    names = [each.startswith("the name wschat-doctor-") for each in found.left]
    assert names == [True] * (3 if talk else 1)
    whats = [each.what for each in found.tries]
    assert whats.index("name free again") < whats.index("of a new room") if talk else len(whats) - 1


def test_who_is_silent_once() -> None:
    """After a post that does not come, the next answer is heard on the same connection."""
    with late_lab(("message", ""), ("message", UNPOSTED)) as lab:
        found = seen(lab, talk=True)
    assert {each.route for each in found.failed} == {"message"}
    assert not found.left


def test_a_route_for_what_nobody_knows() -> None:
    """Without `$default`, API Gateway says Forbidden to an action that is none."""
    with late_lab(("$default", FORBIDDEN)) as lab:
        assert failed(lab) == [("$default", "$default", Symptom.FORBIDDEN)]


def test_who_does_not_sign() -> None:
    """Where one signs, who does not must be refused."""
    with late_lab() as lab:

        def sign() -> SignedHandshake:
            return SignedHandshake(lab.url, {"Authorization": "ours"})

        open_door = asyncio.run(visit(lab.url, sign, timeouts=SOON))
        lab.server.lets_in = lambda request: "Authorization" in request.headers
        closed = asyncio.run(visit(lab.url, sign, timeouts=SOON))
    assert [each.symptom for each in open_door.failed] == [Symptom.OPEN]
    assert not closed.failed


@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize(
    ("url", "symptom"),
    [
        ("ws://127.0.0.1:1/x", Symptom.NOTHING_LISTENS),
        ("wss://nowhere.example/x", Symptom.NO_HOST),
        ("https://x.execute-api.us-east-1.amazonaws.com/development", Symptom.NO_URL),
    ],
)
def test_what_can_not_be_reached(url: str, symptom: Symptom) -> None:
    """The first thing that fails ends the visit."""
    assert [each.symptom for each in asyncio.run(visit(url, timeouts=SOON)).failed] == [symptom]
