"""Drills in virtual time: broken and mended, refused, stopped anywhere, and found by hand."""

from dataclasses import replace
from itertools import count

import pytest

from tests.studies.drills.account import Place
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from wschat.errors import AccessError, UsageError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Step, Verb
from wschat.learn.drills import work
from wschat.learn.drills.catalogue import DRILLS
from wschat.learn.drills.states import policy_arn
from wschat.learn.resources import PLAIN


@pytest.fixture(scope="module")
def place(embedded: Embedded) -> Place:
    return Place(embedded)


def test_to_and_fro(place: Place) -> None:
    """The lab is in this drill, and known to be broken; mended, all is as before."""
    assert place.try_drill(work.named("but-it-is-there")) == ""


def test_what_the_account_refuses(place: Place) -> None:
    """All is as it was then, with the tag last; the two that take more say what, and nobody else does."""
    drill = work.named("may-but-can-not")
    place.plane.fault = lambda call: Fault.DENIED if call.operation == "PutFunctionConcurrency" else None
    with pytest.raises(AccessError, match="lambda:PutFunctionConcurrency"):
        place.begin(drill)
    place.plane.fault = lambda _: None
    assert place.left() == ""


def test_killed(place: Place) -> None:
    """The tag comes first and goes last, so mending goes on from wherever a run was killed."""
    drill = work.named("it-ran-before")
    place.kill_at(2, lambda: place.begin(drill))
    assert work.running(place.look()) == work.Running(drill)
    place.begin(drill)
    place.kill_at(2, place.mend)
    assert work.running(place.look()) == work.Running(drill)
    place.mend()
    assert place.left() == ""


def test_a_lost_answer(place: Place) -> None:
    """Whether the policy was made is not known: it is tried once more."""
    drill = work.named("one-word-more")
    place.allow(*drill.needs)
    lost = iter([Fault.RESET_BEFORE])
    place.plane.fault = lambda call: next(lost, None) if call.operation == "CreatePolicy" else None
    place.begin(drill)
    place.look()
    policies = place.root.iam.list_policies(Scope="Local")["Policies"]
    assert [each["Arn"] for each in policies] == [policy_arn(place.cloud.lab)]
    place.mend()
    assert place.left() == ""


def in_drill(tag: str, done: str = "") -> Actual:
    """Return a lab of which there is an API with these tags."""
    api = next(each for each in blueprint(PLAIN) if isinstance(each, Api))
    return Actual({api.key: replace(api, labels=((work.TAG, tag), (work.DONE, done)))})


def test_which() -> None:
    """A tag tells the drill and its hints; one that is empty, or that nobody knows, tells of none."""
    drill = work.named("closed-door")
    assert work.running(in_drill("5")) == work.Running(drill)
    assert work.running(in_drill("5 2")) == work.Running(drill, 2)
    assert work.running(in_drill("5 9")) == work.Running(drill)
    assert [work.running(in_drill(tag)) for tag in ("", "99", "x", "05")] == [None] * 4
    assert work.running(Actual()) is None
    assert work.done(in_drill("", "7 1 x")) == {1, 7}


def test_the_last_hint(clients: Cloud) -> None:
    """After the third there is none, and nothing is written."""
    last = work.Running(work.named("closed-door"), 3)
    assert work.give_hint(clients, Actual(), last) == last


def test_ready() -> None:
    """One thing alone is to be wrong, so before that all has to be as it should be."""
    actual = in_drill("")
    work.check_ready((), actual)
    step = Step(Verb.DELETE, next(iter(actual.resources.values())))
    for steps, there, says in (
        ((), in_drill("5"), "in a drill already: closed-door"),
        ((step,), actual, "all is as it should be"),
        ((), Actual(), "no lab here"),
    ):
        with pytest.raises(UsageError, match=says):
            work.check_ready(steps, there)


def test_by_chance() -> None:
    """What was not found yet comes first, in an order of chance."""
    actual = in_drill("", " ".join(str(each.number) for each in DRILLS if each.number not in {3, 8}))
    rising, falling = count(), count(0, -1)
    assert [each.number for each in work.any_order(actual, lambda: next(rising))][:3] == [3, 8, 1]
    assert [each.number for each in work.any_order(actual, lambda: next(falling))][:3] == [8, 3, 20]
