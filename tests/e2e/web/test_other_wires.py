"""The page at the lab's own functions, in both editions, and at a lab whose answers can't be read."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from tests.e2e.web.conftest import OpenTab
from tests.e2e.web.tab import served
from tests.support.lab_server import AT, STAYS, Kept, LabServer
from tests.support.threaded import ThreadedServer
from tests.support.until import until


@contextmanager
def beside(server: LabServer) -> Iterator[LabServer]:
    """Let a server run beside the test."""
    threaded = ThreadedServer(server)
    try:
        yield server
    finally:
        threaded.stop()


def test_two_people(open_tab: OpenTab) -> None:
    """They register, make a room, join it, talk and leave; that others answer is told, and what lacks.

    After a cut what was missed is shown, once; what may have arrived is not sent again.
    """
    threaded = ThreadedServer(server := LabServer())
    with served(server.url) as address:
        ann, bob = open_tab(address).register("ann"), open_tab(address).register("bob")
        assert "Nothing has an id" in (ann.page.text_content("#wire") or "")
        ann.create("ops")
        ann.say("hi")
        ann.until_said("hi")
        bob.join("ops")
        bob.say("hello")
        for tab in (ann, bob):
            tab.until_said("hi", "hello")
            assert tab.page.is_hidden("#company"), "nobody is told who is there"
        server.tamper = lambda frame: "" if frame["value"] == "half sent" else None
        ann.say("half sent")
        ann.until("#unsent li")
        server.kept["ops"].members.append(STAYS)
        server.kept["ops"].messages.append({"user": "bob", "content": "missed", "time": AT})
        ann.in_trouble = bob.in_trouble = True
        threaded.do(server.cut(1012))
        ann.until("#unsent .failed")
        assert ann.texts == ["hi", "hello", "missed", "half sent"]
        ann.page.click("#leave")
        ann.until("#create")
        requests = server.requests
        until(lambda: "leave-room" in [each["action"] for each in requests], lambda: requests)
        asked = [frame["action"] for frame in server.requests]
        assert asked[:6] == ["register", "register", "new-room", "dispatch", "join-room", "dispatch"]
        assert asked.count("dispatch") == 3
    threaded.stop()


def test_one_way_routes(open_tab: OpenTab) -> None:
    """Where no route has a response, silence is one."""
    lab = LabServer(two_way=frozenset())
    with beside(lab) as server, served(server.url, "lab") as address:
        ann = open_tab(address, stopped=True)
        steps: tuple[tuple[Callable[[], object], str], ...] = (
            (partial(ann.enter, "name", "ann"), "#lobby"),
            (partial(ann.enter, "room", "ops"), "#title:has-text('ops')"),
            (partial(ann.page.click, "#leave"), "#create"),
            (partial(ann.page.click, "#rooms button"), "#title:has-text('ops')"),
        )
        for asked, (act, shown) in enumerate(steps):
            act()
            until(lambda asked=asked: len(server.requests) > asked)  # type: ignore[misc]
            ann.page.clock.run_for(4_100)
            ann.until(shown)
            server.kept.setdefault("ops", Kept()).members.append(STAYS)


def test_the_simple_edition(open_tab: OpenTab) -> None:
    """Where `register` has no route, both possibilities are told; in that edition all are in one room."""
    with beside(LabServer(simple=True)) as server:
        with served(server.url) as address:
            lost = open_tab(address)
            lost.until_state("Connected")
            lost.enter("name", "ann")
            lost.until("#name-error:has-text('--wire simple')")
            assert [frame["action"] for frame in server.requests] == ["register"]
        with served(server.url, "simple") as address:
            ann, bob = open_tab(address).register("ann"), open_tab(address).register("bob")
            for tab in (ann, bob):
                tab.join("no-rooms")
            ann.say("hi")
            ann.until("#log li.mine:has-text('hi')")
            bob.until("#log li:not(.mine):has-text('hi')")
            ann.page.click("#leave")
            ann.until("#create")


def test_an_answer_that_can_not_be_read(room: ThreadedServer, open_tab: OpenTab) -> None:
    """What waits for it fails, with what is wrong in it."""
    answers: tuple[tuple[dict[str, object], str], ...] = (
        ({"type": "signup"}, "signup has no name"),
        ({"type": "signup", "name": "ann", "rooms": 7}, "rooms is not a list"),
        ({"type": "error"}, "error has no code"),
    )
    with served(room.server.url) as address:
        ann = open_tab(address)
        ann.until_state("Connected")
        for answer, told in answers:
            for id_ in (True, False):
                room.server.tamper = lambda frame, answer=answer, id_=id_: (  # type: ignore[misc]
                    json.dumps(answer | ({"id": frame["id"]} if id_ else {}))
                )
                ann.enter("name", f"ann {id_}")
                ann.until(f'#name-error:has-text("{told}")')
