"""The lessons teach: words are explained before they are used, and what people believe wrongly is asked."""

import re
from collections.abc import Iterator

import pytest

from tests.documents import ROOT, TERM
from tests.test_documents import unknown
from wschat.learn.course import course
from wschat.learn.lesson import Lesson, parse

LESSONS = {lesson.id: lesson for lesson in course()}
each_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
WIDTH, HEIGHT = 78, 16
"""Columns of a line, and lines of a lesson's reasons: with what one can do, they fill a terminal."""
WORDS = """
    API Gateway, ARN, AWS_IAM, DynamoDB, IAM, Lambda, MOCK, Origin, WebSocket, account, best effort,
    condition, credentials, deployment, environment variables, event, execution environment, handler,
    handshake, idempotent, inline policy, integration, invokes, items, least privilege, log group,
    management API, on-demand, one-way, partition key, policy, prefix, proxy integration, region,
    resource-based policy, role, route response, route selection expression, route, scan, signature,
    stage, table, tag, throttle, time to live, transaction, trust policy
"""
"""What somebody who has clicked through AWS once may not know."""
BELIEFS = {
    "a function holds the connection": ("deploy", "All seven functions are deleted"),
    "what a function returns reaches the client": ("answering-route", "without its route response"),
    "what is saved is served": ("answering-route", "You add a route"),
    "the function's role lets API Gateway call it": ("first-route", "AdministratorAccess"),
    "$disconnect always runs": ("disconnect", "cable is cut"),
    "one can greet in $connect": ("posting", "at the end of Connect"),
    "a scan finds who is in the room": ("rooms-table", "with a scan"),
    "messages arrive in order": ("terminal", '"1" and "2"'),
    "WebSockets need CORS": ("page", "CORS"),
    "Forbidden is about permissions": ("signing", "in three places"),
}
"""What people believe wrongly, and the question that meets it: its lesson, and a piece of it."""


def texts(lesson: Lesson) -> Iterator[str]:
    """Yield the texts of a lesson, in the order in which they are read."""
    yield from (lesson.why, lesson.hint, lesson.shows)
    for each in lesson.questions:
        yield from (each.question, each.answer)


def test_words_are_explained_before_they_are_used() -> None:
    """Each word of AWS is explained where it first comes, in what everybody reads, and once."""
    explained = TERM.findall(" ".join(" ".join(lesson.why.split()) for lesson in LESSONS.values()))
    read = " ".join(" ".join(text.split()) for lesson in LESSONS.values() for text in texts(lesson))
    assert TERM.findall(read) == explained
    assert len(explained) == len(set(explained))
    assert {word.strip().lower() for word in re.sub(r"\s+", " ", WORDS).split(",")} <= {
        *map(str.lower, explained)
    }
    early = dict[str, str]()
    for word in explained:
        before = read.partition(f"**{word}**")[0]
        if used := re.search(rf"\b{re.escape(word.rstrip('s'))}s?\b", before, re.IGNORECASE):
            early[word] = before[max(0, used.start() - 30) : used.end() + 30]
    assert early == {}


@each_lesson
def test_a_lesson_fits_a_terminal(lesson: Lesson) -> None:
    """No line is too wide, and why something is there can be read without scrolling."""
    assert [line for text in texts(lesson) for line in text.splitlines() if len(line) > WIDTH] == []
    assert 0 < len(lesson.why.splitlines()) <= HEIGHT


@each_lesson
def test_what_there_is_to_know(lesson: Lesson) -> None:
    """Each lesson has a hint and one or two questions, and what it shows is said."""
    assert lesson.hint
    assert 1 <= len(lesson.questions) <= 2
    assert bool(lesson.shows) == bool(lesson.see)


@each_lesson
def test_commands(lesson: Lesson) -> None:
    """Each command of ours that a lesson names exists, with its options."""
    assert unknown("\n".join(texts(lesson)).replace("{options}", "")) == []


def test_examples() -> None:
    """The lessons that the document for teachers shows are some."""
    document = (ROOT / "wschat/learn/README.md").read_text()
    examples = re.findall(r"^```\n(---.*?)^```", document, re.DOTALL | re.MULTILINE)
    titles = [parse(example, "20-example.md").title for example in examples]
    assert titles[0] == LESSONS["connections-table"].title


@pytest.mark.parametrize("belief", BELIEFS)
def test_beliefs(belief: str) -> None:
    """Each of the ten things that people believe wrongly is met by a question."""
    lesson, piece = BELIEFS[belief]
    assert sum(piece in " ".join(each.question.split()) for each in LESSONS[lesson].questions) == 1
