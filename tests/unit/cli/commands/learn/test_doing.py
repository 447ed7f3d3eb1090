"""A lesson done after a question."""

import pytest

from wschat.cli.commands.learn import doing
from wschat.cli.commands.learn.place import Place
from wschat.errors import AwsError, UsageError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import Deployment
from wschat.lab.plan import Step, Verb
from wschat.learn.course import course
from wschat.target import Target


def test_what_can_not_be_done(empty: Cloud) -> None:
    """Nothing is asked and nothing is changed where a lesson can't be done; else it is asked."""
    lessons = course()
    typed = Place(Target(prefix="a-")).commands(lessons)
    first, second = (each for each in lessons if each.id in {"connections-table", "connect-function"})
    there = doing.look(empty, lessons)
    with pytest.raises(UsageError, match="comes before") as early:
        doing.do(empty, there, second, typed, yes=True)
    assert early.value.hint == "`wschat learn do role --prefix a-` does it, or do it by hand"
    with pytest.raises(UsageError, match="no terminal"):
        doing.do(empty, there, first, typed, yes=False)
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    empty.dynamodb.create_table(
        TableName="client-records",
        KeySchema=key,  # type: ignore[arg-type]
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with pytest.raises(AwsError, match="the case matters") as fixed:
        doing.do(empty, doing.look(empty, lessons), first, typed, yes=True)
    assert "delete the table" in fixed.value.hint


def test_what_is_offered_where_all_is_right() -> None:
    """Only an older deployment that is left over lacks no tag, and is not taken over; nor is a choice."""
    old, new = Deployment(name="old"), Deployment(name="new")
    delete, mark = Step(Verb.DELETE, old, old), Step(Verb.UPDATE, new, new)
    assert "left over" in doing.offer([delete], [])
    assert "tag and marks" in doing.offer([delete, mark], [])
    assert "do not keep" in doing.offer([mark], [mark])
