"""What lines of a log tell of: the causes that people meet, by the texts of AWS and of the SDKs."""

import pytest

from wschat.doctor.logged import suspicions
from wschat.functions.shared.aws import ClientError
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.logs.lines import LogLine, read_line

SPEC = FUNCTIONS[0]
NOW = 10_000_000


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'", "wrong-handler"),
        ("ModuleNotFoundError: No module named 'requests'", "wrong-handler"),
        (
            'Could not connect to the endpoint URL: "https://execute-api.us-east-1.amazonaws.com/@connections"',
            "posts-elsewhere",
        ),
        ("Runtime.HandlerNotFound: index.handler is undefined or not exported", "wrong-handler"),
        ("Runtime.UserCodeSyntaxError: SyntaxError: invalid syntax", "other-code"),
        ("Task timed out after 3.00 seconds", "too-slow"),
        ("REPORT: error, Runtime.OutOfMemory", "out-of-memory"),
        (
            "AccessDeniedException: not authorized to perform: dynamodb:UpdateItem with an explicit deny",
            "denied",
        ),
        ("User: x is not authorized to perform: execute-api:ManageConnections on resource", "may-not-post"),
        ("AccessDeniedException: not authorized to perform: dynamodb:PutItem", "lacks-permission"),
        ("ValidationException: One or more parameter values were invalid: Missing the key id", "wrong-key"),
        ("The provided key element does not match the schema", "wrong-key"),
        ("ResourceNotFoundException: Requested resource not found", "no-table"),
        ("Attribute name is a reserved keyword; reserved keyword: name", "reserved-word"),
        ("TypeError: Object of type Decimal is not JSON serializable", "decimal"),
        ("Item size has exceeded the maximum allowed size", "item-too-big"),
        ("GoneException: 410", "gone"),
        ("Could not connect to the endpoint URL", "in-a-vpc"),
        (str(ClientError("GetItem", "gaierror", "no answer from dynamodb: Name not known")), "in-a-vpc"),
        ("[ERROR] KeyError: 'requestContext'", "raised"),
        ("hello", None),
    ],
)
def test_texts(text: str, cause: str | None) -> None:
    """The first pattern that fits tells the cause."""
    found = [
        each.cause.name for each in suspicions(SPEC.name, SPEC.routes, [LogLine(NOW, SPEC.name, text)], NOW)
    ]
    assert found == ([cause] if cause else [])


def test_our_own_lines() -> None:
    """What our functions log of an invocation tells something only if it failed."""
    fine = read_line(NOW, SPEC.name, '{"route": "message", "posted": 2, "ms": {"all": 3}}')
    posts = read_line(
        NOW, SPEC.name, '{"route": "message", "status 403": 1, "why": "Forbidden", "ms": {"all": 3}}'
    )
    assert fine
    assert posts
    assert [each.cause.name for each in suspicions(SPEC.name, SPEC.routes, [fine, posts], NOW)] == [
        "posts-elsewhere"
    ]


def test_how_often_and_how_old() -> None:
    """Lines alike are told once, with their number and the last; one from before says less."""
    lines = [LogLine(NOW - ago, SPEC.name, "Task timed out after 3.00 seconds") for ago in (5, 0)]
    (recent,) = suspicions(SPEC.name, SPEC.routes, lines, NOW - 1000)
    (old,) = suspicions(SPEC.name, SPEC.routes, lines, NOW + 1000)
    assert recent.evidence[0].startswith(f"log of {SPEC.name}: 2 times, at last ")
    assert recent.strength > old.strength


def test_what_failed_last() -> None:
    """What failed before is told no more; nor that something failed, where a line of then says why."""
    older = LogLine(NOW - 60_000, SPEC.name, "GoneException: 410")
    last = [
        LogLine(NOW, SPEC.name, text) for text in ("[ERROR] it failed", "Task timed out after 3.00 seconds")
    ]
    assert [each.cause.name for each in suspicions(SPEC.name, SPEC.routes, [older, *last], NOW)] == [
        "too-slow"
    ]
