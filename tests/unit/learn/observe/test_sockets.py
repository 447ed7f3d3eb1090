"""What connections show: refused or not, signed or not, a frame, two people in a room."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.support.late_lab import FAILED, FORBIDDEN, UNKNOWN, LateLab, late_lab
from tests.unit.learn.observe.seen import refused, seen
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.websocket_api import Api, Deployment
from wschat.lab.blueprint import blueprint
from wschat.learn.observe import sockets

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client

FRAME = '{"action": "message", "value": "hi"}'


@pytest.fixture
def api(cloud: Cloud) -> Cloud:
    """The lab has an API with its MOCKs and their routes, and nothing is deployed."""
    cloud = replace(cloud, ids={})
    for each in blueprint(cloud.lab):
        if isinstance(each, Api) or (isinstance(each, Integration) and each.type == "MOCK"):
            each.create(cloud)
    for each in blueprint(cloud.lab):
        if isinstance(each, Route) and each.key in {("route", "ping"), ("route", "$default")}:
            each.create(cloud)
    return cloud


def deploy(cloud: Cloud) -> None:
    """Deploy what there is."""
    for each in blueprint(cloud.lab):
        if isinstance(each, Deployment | Stage):
            each.create(cloud)


def test_before_and_after_it_is_deployed(api: Cloud) -> None:
    """The handshake is refused with API Gateway's own body, and then it is not; a frame gets its answer."""
    (_, url), (who, answer), (_, remark) = seen(api, "handshake")
    assert who == "API Gateway answers"
    assert json.loads(answer.removeprefix("HTTP 403 "))["message"] == "Forbidden"
    assert "nothing deployed" in remark
    ((who, command),) = seen(api, "web")
    assert (who, command) == ("in another terminal", f"wschat web --url {url}")
    assert [who for who, _ in seen(api, 'frame {"action": "ping"}')] == [
        "you connect",
        "API Gateway answers",
        "",
    ]
    deploy(api)
    assert [text for _, text in seen(api, "handshake")[1:]] == [
        "HTTP 101 Switching Protocols",
        "the connection, with code 1000",
    ]
    _, (_, sent), (who, heard), (_, remark) = seen(api, 'frame {"action": "ping"}')
    assert (sent, who, json.loads(heard)) == ('{"action": "ping"}', "you hear", {"type": "pong"})
    assert remark == "then it is quiet"
    late = replace(api, pacing=AWS_PACING)
    assert [text for _, text in seen(late, "handshake") if "was updated" in text] == []


@pytest.mark.usefixtures("account")
def test_where_one_has_to_sign(api: Cloud) -> None:
    """With AWS_IAM it is tried without a signature first; then signed, and all else only so."""
    integration = api.id_of(("integration", "ping"))
    api.api.create_route(
        ApiId=api.api_id,
        RouteKey="$connect",
        AuthorizationType="AWS_IAM",
        Target=f"integrations/{integration}",
    )
    deploy(api)
    (_, url), (_, unsigned), _, (_, again), (_, signed), _ = seen(api, "handshake")
    assert "Missing Authentication Token" in unsigned
    assert (again, signed) == (f"{url}, signed", "HTTP 101 Switching Protocols")
    assert not any("Signature" in text or "Credential" in text for _, text in seen(api, "handshake"))
    assert seen(api, 'frame {"action": "ping"}')[2][0] == "you hear"
    assert "--sign --frames" in seen(api, "chat")[0][1]


class UpdatedLater:
    """API Gateway's client, for which stages were updated five seconds after they were made."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401  boto3's
        self._client = client

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._client, name)

    def get_stage(self, **which: str) -> Any:  # noqa: ANN401
        found = self._client.get_stage(**which)
        return found | {"CreatedDate": found["CreatedDate"] - timedelta(seconds=5)}


def test_a_stage_that_was_just_updated(api: Cloud) -> None:
    """In AWS it is told that what was there before may be served for a while."""
    deploy(api)
    (who, remark), *_ = seen(
        replace(api, pacing=AWS_PACING, api=cast("ApiGatewayV2Client", UpdatedLater(api.api))), "handshake"
    )
    assert (who, "s ago: until 90 s AWS may serve what was before" in remark) == ("", True)


@pytest.fixture
def room(cloud: Cloud) -> Iterator[tuple[LateLab, Cloud]]:
    """An API, whose sockets are those of a room server."""
    next(each for each in blueprint(cloud.lab) if isinstance(each, Api)).create(cloud)
    with late_lab() as lab:
        yield lab, replace(cloud, lab=replace(cloud.lab, sockets=lab.url.removesuffix("/development")))


def test_two(room: tuple[LateLab, Cloud]) -> None:
    """Two meet; what one says both hear, and the one gets a reply; what strangers say steers no terminal."""
    lab, cloud = room
    said = list[asyncio.Task[None]]()

    def answered(frame: dict[str, Any]) -> None:
        if frame["value"] == "hi":
            said.append(asyncio.ensure_future(lab.server.tell("\x1b[2J")))

    lab.server.answered = answered
    (_, remark), (_, sent), *heard = seen(cloud, f"two {FRAME}")
    ann, _, bob, *_ = remark.split()
    assert (ann[:4], bob[:4], sent) == ("ann-", "bob-", FRAME)
    types = {(who[:3], json.loads(text)["type"]) for who, text in heard if text.startswith("{")}
    assert {("ann", "ack"), ("ann", "client-message"), ("bob", "client-message")} <= types
    assert [text for _, text in heard].count("␛[2J") == len((ann, bob))
    assert heard[-1] == ("", "then it is quiet")


def test_a_slow_function(room: tuple[LateLab, Cloud], monkeypatch: pytest.MonkeyPatch) -> None:
    """That one of two has heard who came is no silence: what both are to hear is waited for."""
    monkeypatch.setattr(sockets, "QUIET_S", 0.05)
    lab, cloud = room

    def late(frame: dict[str, Any]) -> str | None:
        if frame["action"] == "message":
            tell = lab.server.tell
            asyncio.get_running_loop().call_later(0.1, lambda: asyncio.ensure_future(tell("late")))
            return ""
        return None

    lab.server.tamper = late
    heard = seen(cloud, f"two {FRAME}")
    assert {who[:3] for who, text in heard if text == "late"} == {"ann", "bob"}


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (
            FORBIDDEN,
            "lesson route-create makes the route create, and deploys it: `wschat learn check route-create`",
        ),
        (UNKNOWN, "lesson route-create makes the route create"),
        (FAILED, "shows what CreateRoom raised"),
    ],
)
def test_two_who_cannot_meet(room: tuple[LateLab, Cloud], answer: str, hint: str) -> None:
    """What is not answered as it should be is named; if it has no route, the lesson that makes one."""
    lab, cloud = room
    lab.server.tamper = lambda frame: answer if frame["action"] == "create" else None
    assert hint in refused(cloud, f"two {FRAME}")


def test_silence_and_an_end(room: tuple[LateLab, Cloud], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing comes that is told, and after how long; where the connection ends, how."""
    monkeypatch.setattr(sockets, "FIRST_S", 0.2)
    lab, cloud = room
    lab.server.tamper = lambda _frame: ""
    assert seen(cloud, f"frame {FRAME}")[-1] == ("", "nothing comes in 0.2 s")
    lab.server.tamper = lambda _frame: None
    _, _, (who, told), _ = seen(cloud, "frame no JSON")
    assert (who, "the connection is lost" in told) == ("you hear", True)
