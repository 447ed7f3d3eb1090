"""Provision is fast on the AWS-like control plane, and a class in one throttled account gets its labs."""

import pytest

from tests.studies import classroom
from tests.studies.bench.provision import OF_ONE_BY_ONE, OVER_CRITICAL, first
from tests.support.labs import provisioning, tearing_down
from tests.support.plane.embedded import Embedded
from tests.support.plane.inside import session
from tests.support.plane.rates import Times

TIGHT = Times(
    role_assumable=3,
    function_pending=1,
    table_creating=2,
    table_deleting=1,
    gateway_rate=5,
    gateway_burst=5,
    deployment_every=10,
    lambda_rate=8,
    page=25,
)
"""Few calls a second for few people; and short waits, which are no matter here."""


def test_first_provision(embedded: Embedded) -> None:
    """A first provision takes little more than its critical path, and a third of one step after another."""
    lab = first(embedded, seed=1)
    assert lab.critical == pytest.approx(0.1 + 0.1 + 10 + 3), "the roles take longest"
    assert lab.seconds <= lab.critical * OVER_CRITICAL
    assert lab.seconds <= first(embedded, seed=1, workers=1).seconds * OF_ONE_BY_ONE


def test_class(embedded: Embedded) -> None:
    """Three people at once, all of them throttled, get their labs, see that it goes on, and remove them."""
    school = classroom.Class(embedded, 3, seed=1, times=TIGHT)
    api = session(embedded.forward, signed=False).client("apigatewayv2", endpoint_url=embedded.endpoint)
    names = {person.cloud.lab.name("chatroom-websocket") for person in school.people}
    for story, throttled, left in (
        (provisioning, {"apigatewayv2", "dynamodb", "lambda"}, names),
        (tearing_down, {"lambda"}, set()),  # of the others it asks no more than they take
    ):
        watch = school.do(story)
        assert watch.failed == []
        assert {service for service, times in watch.throttled.items() if times >= 10} >= throttled
        assert watch.longest_silence <= 30
        assert names & {each["Name"] for each in api.get_apis(MaxResults="500")["Items"]} == left
