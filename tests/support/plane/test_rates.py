"""Too fast and at the same time."""

from collections.abc import Callable

import pytest

from tests.support.plane.clock import VirtualClock, at_once
from tests.support.plane.conftest import Aws, refused
from tests.support.plane.rates import CONCURRENT

TABLES = "The rate of control plane requests made by this account is too high"


def side_by_side(clock: VirtualClock, calls: list[Callable[[], object]]) -> list[str]:
    """Make calls at the same time; return the error of each, or nothing."""
    ended = at_once(clock, *calls)
    return [str(each) if isinstance(each, BaseException) else "" for each in ended]


@pytest.mark.parametrize(
    ("client", "operation", "at_once", "a_second"),
    [("api", "get_apis", 40, 10), ("functions", "list_functions", 15, 15)],
)
def test_the_account_asks_so_often(
    aws: Aws, clock: VirtualClock, client: str, operation: str, at_once: int, a_second: int
) -> None:
    """Of 60 calls at once so many are answered, the others get 429; a second later so many more are."""
    calls: list[Callable[[], object]] = [getattr(getattr(aws, client), operation)] * 60
    outcomes = side_by_side(clock, calls)
    assert outcomes.count("") == at_once
    assert all("(TooManyRequestsException)" in each for each in outcomes if each)
    clock.sleep(0.9)
    assert side_by_side(clock, calls).count("") == a_second


def test_one_deployment_in_5_seconds(aws: Aws, clock: VirtualClock) -> None:
    """A second deployment within 5 s is refused, whatever API it is for."""
    for _ in range(2):
        api = aws.make_api()
        aws.api.create_route(ApiId=api, RouteKey="join")
        clock.sleep(5)
        aws.api.create_deployment(ApiId=api)
    clock.sleep(4)
    expected = "TooManyRequestsException", "Too Many Requests"
    assert refused(aws.api.create_deployment, ApiId=api) == expected
    clock.sleep(1)
    aws.api.create_deployment(ApiId=api)


def test_tables_once_a_second(aws: Aws, clock: VirtualClock) -> None:
    """Two changes of tables at once, then one a second; reads are free."""
    names = [f"{aws.name}-{number}" for number in range(3)]

    def make(name: str) -> None:
        Aws(aws.session, aws.endpoint, name).make_table()

    outcomes = side_by_side(clock, [lambda name=name: make(name) for name in names])  # type: ignore[misc]
    assert outcomes[:2] == ["", ""]
    assert TABLES in outcomes[2]
    assert "(ThrottlingException)" in outcomes[2]
    assert side_by_side(clock, [aws.dynamodb.list_tables] * 20) == [""] * 20
    clock.sleep(1)
    make(names[2])


def test_changes_of_one_api_conflict(aws: Aws, clock: VirtualClock) -> None:
    """Two changes at once: the later is refused; one after another, or of two APIs, they are not."""
    api, other = aws.make_api(), aws.make_api()
    make = aws.api.create_route
    join = lambda: make(ApiId=api, RouteKey="join")  # noqa: E731
    leave = lambda: make(ApiId=api, RouteKey="leave")  # noqa: E731
    elsewhere = lambda: make(ApiId=other, RouteKey="join")  # noqa: E731
    outcomes = side_by_side(clock, [join, elsewhere, leave])
    assert outcomes[:2] == ["", ""]
    assert CONCURRENT["apigateway"][1] in outcomes[2]
    clock.sleep(2)
    assert side_by_side(clock, [leave, lambda: aws.api.get_routes(ApiId=api)]) == ["", ""]


def test_changes_of_one_function_conflict(aws: Aws, clock: VirtualClock, role: str) -> None:
    """Two permissions added at once: the later is refused."""
    aws.make_function(role)
    clock.sleep(3)
    outcomes = side_by_side(clock, [lambda: aws.permit("one"), lambda: aws.permit("other")])
    assert outcomes[0] == ""
    assert CONCURRENT["lambda"][1] in outcomes[1]
    aws.permit("other")
