"""The ways to break a lab, or to stand for one that is broken."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from tests.studies.doctor.case import BUSY, Break, Places, Scene
from tests.studies.drift.hand import Do, Hand, do
from tests.support.http_server import Quiet, serving
from tests.support.labs import drain, lab_of, provisioning, tear_down
from tests.support.late_lab import FAILED, Late, late_lab
from wschat.doctor.visit import Try, Visit
from wschat.lab import engine, inventory
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.blueprint import ROOMS
from wschat.lab.chosen.choices import Choices
from wschat.lab.executor import execute
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import TAG
from wschat.lab.plan import Step, Verb
from wschat.learn.drills import denial, work
from wschat.learn.drills.drill import Drill
from wschat.protocol.limits import MEMBER_LIMIT

SOME = 20
"""Steps of a provision that was stopped."""


def drilled(drill: Drill) -> Break:
    """Begin a drill, or two in one."""

    @contextmanager
    def broken(places: Places) -> Iterator[Scene]:
        cloud = places.here
        actual = inventory.look(cloud)
        try:
            work.begin(cloud, actual, drill)
            yield Scene(engine.url(cloud, actual), cloud)
        finally:
            if drill.denial:
                denial.remove(cloud, drill.denial)
            now = inventory.look(cloud)
            fixed = [step.found for step in engine.drift(cloud, now) if step.fixed and step.found]
            drain(execute(cloud, [Step(Verb.DELETE, each, each) for each in fixed], now))
            work.mend(cloud, inventory.look(cloud))

    return broken


def by_hand(resource: str, *does: Do, undone: Iterable[Do] = (), seen: Visit | None = None) -> Break:
    """Make calls, and in the end those that undo what provision does not."""

    @contextmanager
    def broken(places: Places) -> Iterator[Scene]:
        cloud, hand = places.here, Hand(places.here)
        try:
            for each in does:
                hand.change(resource, each)
            yield Scene(engine.url(cloud, hand.actual), cloud, seen)
        finally:
            for each in undone:
                hand.change(resource, each)
            drain(provisioning(cloud))

    return broken


def alone(resource: str, *does: Do) -> Break:
    """Make calls in a lab of which there is nothing else; the last one undoes them."""

    @contextmanager
    def broken(places: Places) -> Iterator[Scene]:
        cloud = lab_of(places.here, prefix="alone-")
        for each in does[:-1]:
            Hand(cloud).change(resource, each)
        try:
            yield Scene("", cloud, Visit())
        finally:
            for each in does[-1:]:
                Hand(cloud).change(resource, each)

    return broken


@contextmanager
def half(places: Places) -> Iterator[Scene]:
    """Make the first part of a lab, as a run that was stopped then."""
    cloud = lab_of(places.here, prefix="half-")
    drain(execute(cloud, engine.plan_up(cloud, Actual())[:SOME], Actual()))
    try:
        yield Scene("", cloud)
    finally:
        tear_down(cloud)


def coded(function: str, body: str, *does: Do) -> Break:
    """Give a function code of somebody's own, which is called with `event`; it counts as made by hand."""
    code = f"import json, time\n\n\ndef handler(event, context):\n    {body}\n"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("own.py", code)
    changes = (
        do("UpdateFunctionCode", ZipFile=file.getvalue()),
        do("UpdateFunctionConfiguration", Handler="own.handler"),
        do("UntagResource", TagKeys=[TAG]),
        *does,
    )
    tagged = do("TagResource", Tags={TAG: "us-east-1/<prefix>"})
    return by_hand(f"function {function}", *changes, undone=(tagged,))


def answered(client: str, operation: str, more: dict[str, dict[str, Any]], seen: Visit) -> Break:
    """Put more into what AWS answers to an operation, as no lab here does; tell what a client sees."""

    @contextmanager
    def broken(places: Places) -> Iterator[Scene]:
        def put(parsed: dict[str, Any], **_: object) -> None:
            for name, each in more.items():
                parsed[name] |= each

        boto = getattr(places.here, client)
        hook = f"after-call.{boto.meta.service_model.service_id.hyphenize()}.{operation}", put
        boto.meta.events.register(*hook)
        try:
            yield Scene("", places.here, seen)
        finally:
            boto.meta.events.unregister(*hook)

    return broken


def chosen(choices: Choices, broken: Break) -> Break:
    """Break a lab of other choices."""

    @contextmanager
    def rechosen(places: Places) -> Iterator[Scene]:
        here = places.here
        drain(provisioning(lab_of(here, choices=choices)))
        try:
            with broken(places) as scene:
                yield scene
        finally:
            drain(provisioning(lab_of(here, choices=Choices(auth="none", throttle=BUSY.throttle))))

    return rechosen


@contextmanager
def crowded(places: Places) -> Iterator[Scene]:
    """Fill a room nearly up."""
    cloud = places.here
    people = {f"c{number}=": {"S": f"p{number}"} for number in range(MEMBER_LIMIT - 10)}
    room: dict[str, Any] = {
        "room": {"S": "crowd"},
        "name": {"S": "crowd"},
        "created": {"N": "1"},
        "users": {"M": people},
    }
    cloud.dynamodb.put_item(TableName=cloud.lab.name(ROOMS), Item=room)
    try:
        yield Scene("", cloud)
    finally:
        cloud.dynamodb.delete_item(TableName=cloud.lab.name(ROOMS), Key={"room": room["room"]})


@contextmanager
def staged(places: Places) -> Iterator[Scene]:
    """Make another stage that serves the same, and go there."""
    cloud = places.here
    actual = inventory.look(cloud)
    api = actual.ids["API", cloud.lab.name(API_NAME)]
    serves = next(which for (kind, _), which in actual.ids.items() if kind == "deployment")
    cloud.api.create_stage(ApiId=api, StageName="mine", DeploymentId=serves)
    try:
        yield Scene(cloud.lab.url(api, "mine"), cloud)
    finally:
        drain(provisioning(cloud))


@contextmanager
def elsewhere(places: Places) -> Iterator[Scene]:
    """Look at another API than the lab's, in whose account something else is wrong."""
    with ExitStack() as broken:
        at_home = by_hand("function JoinRoom", do("UpdateFunctionConfiguration", Handler="index.handler"))
        home = broken.enter_context(at_home(places))
        away = broken.enter_context(answering(("join", FAILED))(places))
        yield Scene(away.url, home.cloud)


def on_the_plane(
    resource: str, *does: Do, undone: Iterable[Do] = (), seen: Visit, late: float = 3600.0
) -> Break:
    """Make calls where the local lab does not have what they do, and tell what a client would see.

    `late` is for how many seconds nobody looks.
    """

    @contextmanager
    def broken(places: Places) -> Iterator[Scene]:
        house = places.house
        hand = Hand(house.cloud)
        try:
            for each in does:
                hand.change(resource, each)
                house.clock.sleep(5)
            house.clock.sleep(late)
            yield Scene("", house.cloud, seen)
        finally:
            for each in undone:
                hand.change(resource, each)
            house.clock.sleep(3600)
            drain(provisioning(house.cloud))

    return broken


def refusing(status: int, body: str = "", **headers: str) -> Break:
    """Refuse handshakes by a status."""

    class Refusing(Quiet):
        def do_GET(self) -> None:  # noqa: N802  as http.server calls it
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

    @contextmanager
    def broken(_: Places) -> Iterator[Scene]:
        with serving(Refusing) as url:
            yield Scene(f"{url.replace('http', 'ws')}/development")

    return broken


def answering(*script: Late) -> Break:
    """Answer otherwise than the lab does."""

    @contextmanager
    def broken(_: Places) -> Iterator[Scene]:
        with late_lab(*script) as lab:
            yield Scene(lab.url)

    return broken


@contextmanager
def _scene(scene: Scene, _: Places) -> Iterator[Scene]:
    yield scene


def at(url: str, *failed: Try, ahead: float | None = None) -> Break:
    """Try a URL; where it can't be tried here, tell what a client would see."""
    return partial(_scene, Scene(url, seen=Visit(failed, ahead) if failed else None))
