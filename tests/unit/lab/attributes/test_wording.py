"""Values and differences, in words."""

import pytest

from wschat.lab.attributes.wording import differences, in_words, lines
from wschat.lab.model.resource import canonical


def document(*actions: str) -> str:
    return canonical({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})


@pytest.mark.parametrize(
    ("should", "found", "says"),
    [
        ("ID", "id", ["is `id`, should be `ID`: the case matters"]),
        (14, None, ["is nothing, should be `14 days`"]),
        (True, False, ["is `no`, should be `yes`"]),
        ((("A", "1"), ("B", "2")), (("A", "0"), ("C", "3")),
         ["A is `0`, should be `1`", "B is nothing, should be `2`", "should not have C"]),
        (document("a:X", "a:Y"), document("a:Y", "a:Z"),
         ["lacks: allow a:X on *", "should not: allow a:Z on *"]),
        ('{"join": {"ThrottlingBurstLimit": 9, "ThrottlingRateLimit": 0.5}}',
         '{"join": {"ThrottlingBurstLimit": 1}}',
         ["join throttling_burst_limit is `1`, should be `9`",
          "join throttling_rate_limit is nothing, should be `0.5`"]),
        (None, '{"ping": {"LoggingLevel": "INFO"}}', ["should not have ping logging_level"]),
    ],
)  # fmt: skip
def test_differences(should: object, found: object, says: list[str]) -> None:
    """Values stand in quotes, where there are any; names and permissions are told one by one."""
    assert [*differences(should, found, "days" if should == 14 else "", quote="`")] == says


def test_who_set_nothing_by_hand() -> None:
    """Without quotes the values stand alone, and nobody is taught that the case matters."""
    assert [*differences("ID", "id")] == ["is id, should be ID"]


def test_lines() -> None:
    """A policy has a line for each thing that it is about, and so have settings; a value has one."""
    assert lines(document("a:X", "a:Y")) == ["allow a:X, a:Y on *"]
    assert lines('{"$connect": {"ThrottlingRateLimit": 1.5, "DataTraceEnabled": true}, "join": {}}') == [
        "$connect: throttling_rate_limit = 1.5, data_trace_enabled = yes",
        "join: ",
    ]
    assert (lines(14, "days"), lines('{"no": "object"}')) == (["14 days"], ['{"no": "object"}'])


def test_in_words() -> None:
    """A value has none of Python's signs."""
    assert [in_words(each) for each in (None, True, ("a", "b"), (("a", "b"),))] == [
        "nothing",
        "yes",
        "a, b",
        "a=b",
    ]
