"""One lab at a thirtieth of the account's rates takes as long as thirty do."""

from dataclasses import replace

from tests.studies.account import AS_LISTED, Account
from tests.studies.classroom import MINUTE, look
from tests.studies.drift.house import House
from tests.support.plane.embedded import Embedded
from wschat.lab.aws.cloud import AWS_PACING

LABS = 30
SLOW = replace(
    AS_LISTED,
    gateway_rate=AS_LISTED.gateway_rate / LABS,
    gateway_burst=1,
    lambda_rate=AS_LISTED.lambda_rate / LABS,
    get_function_rate=AS_LISTED.get_function_rate / LABS,
)


def test_thirty_labs_in_a_minute(embedded: Embedded) -> None:
    """`status --all` looks at thirty in less, by the calls a second that it, and AWS, allow."""
    embedded.empty()
    House(embedded, "anna-")
    pacing = replace(AWS_PACING, api_calls_a_second=AWS_PACING.api_calls_a_second / LABS)
    seconds, whole = look(Account(embedded, times=SLOW).lab("teacher-", pacing))
    assert (seconds < MINUTE, whole) == (True, 1), seconds
