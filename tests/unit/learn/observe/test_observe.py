"""Nothing is there yet: each observation says which lesson makes what it would look at."""

import pytest

from tests.unit.learn.observe.seen import refused
from wschat.lab.aws.cloud import Cloud


@pytest.mark.parametrize(
    ("see", "lacks"),
    [
        ("handshake", "API"),
        ("frame x", "API"),
        ("two x", "API"),
        ("chat", "API"),
        ("items client-records", "table client-records"),
        ("invoke Connect", "function Connect"),
        ("log Connect", "log group Connect"),
        ("policy Connect", "role ConnectRole"),
    ],
)
def test_nothing_is_there(cloud: Cloud, see: str, lacks: str) -> None:
    """What lacks is named as lessons name it, with the lesson, and what to type."""
    lesson = lacks.replace(" ", "-")
    name = see.partition(" ")[0]
    told = f"see {name}: there is no {lacks} yet: lesson {lesson} makes it: `wschat learn do {lesson}`"
    assert refused(cloud, see) == told
