"""A class in small: a student with the policy of all, and a teacher who looks at them."""

from dataclasses import replace

import pytest

from tests.studies.account import AS_LISTED, Account
from tests.studies.classroom import MINUTE, look
from tests.studies.drift.house import NEVER_REFUSES
from tests.support.labs import provision
from tests.support.plane.embedded import Embedded
from wschat.errors import AccessError
from wschat.lab import inventory
from wschat.lab.aws.cloud import AWS_PACING
from wschat.lab.user_policy import prefix_of_each, user_policy

LABS = 30
SLOW = replace(
    AS_LISTED,
    gateway_rate=AS_LISTED.gateway_rate / LABS,
    gateway_burst=1,
    lambda_rate=AS_LISTED.lambda_rate / LABS,
    get_function_rate=AS_LISTED.get_function_rate / LABS,
)
"""An account in which one lab takes as long to look at as thirty do at AWS's rates."""


@pytest.fixture(scope="module")
def school(embedded: Embedded) -> Account:
    """An account in which Anna, who has the policy of the class, has made her lab."""
    school = Account(embedded, times=NEVER_REFUSES)
    everybody = replace(school.lab().lab, prefix=prefix_of_each())
    school.plane.restrict("test", user_policy(everybody), "anna")
    provision(school.lab("anna-"))
    return school


def test_a_student(school: Account) -> None:
    """With the policy of all, Anna has made hers, and may not even look at another's."""
    assert inventory.look(school.lab("anna-")).resources
    with pytest.raises(AccessError, match="is not authorized to perform: dynamodb:DescribeTable"):
        inventory.look(school.lab("bob-"))


@pytest.mark.usefixtures("school")
def test_thirty_labs_in_a_minute(embedded: Embedded) -> None:
    """`status --all` looks at thirty in less, by the calls a second that it, and AWS, allow."""
    pacing = replace(AWS_PACING, api_calls_a_second=AWS_PACING.api_calls_a_second / LABS)
    seconds, whole = look(Account(embedded, times=SLOW).lab("teacher-", pacing))
    assert (seconds < MINUTE, whole) == (True, 1), seconds
