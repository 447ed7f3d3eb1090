"""A lesson's file: what it says, and each fault in one, with its line."""

import re

import pytest

from wschat.errors import UsageError
from wschat.learn.lesson import Lesson, Question, filled, parse

WHOLE = """---
title: The table of connections
makes: table client-records, permission Connect $connect
code: connect
see: items client-records
see: frame {"action": "ping"}
---
Why *it* is there.

```sh
# a comment, and no heading
```

## Hint
Look at the key.
## See
An item.
## Question
Which write wins?
### Answer
The last one.
## Question
Why?
### Answer
So.
"""


def test_a_lesson() -> None:
    """All that a lesson can have, each where it belongs."""
    assert parse(WHOLE, "a/b/02-connections-table.md") == Lesson(
        id="connections-table",
        number="02",
        title="The table of connections",
        makes=("table client-records", "permission Connect $connect"),
        code=("connect",),
        see=("items client-records", 'frame {"action": "ping"}'),
        why="Why *it* is there.\n\n```sh\n# a comment, and no heading\n```",
        hint="Look at the key.",
        shows="An item.",
        questions=(Question("Which write wins?", "The last one."), Question("Why?", "So.")),
    )
    assert parse("---\ntitle: Short\n---", "099-short.md") == Lesson(id="short", number="099", title="Short")


def test_filled() -> None:
    """What stands in braces is filled in if it is known to be; JSON stays."""
    values = dict.fromkeys(("prefix", "region", "account", "url"), "x")
    assert filled('{prefix}Connect at {url}: {"a": {b}}', values) == 'xConnect at x: {"a": {b}}'


HEAD = "---\ntitle: T\n"


@pytest.mark.parametrize(
    ("text", "line", "says", "allowed"),
    [
        ("", 1, "begins with a line ---", "between two"),
        ("title: T\n---\n", 1, "begins with a line ---", ""),
        ("---\ntitle: T\n", 1, "the header has no end", ""),
        ("---\nmakes: API\n---\n", 1, "there is no title", "`title: The first table`"),
        ("---\ntitle:\n---\n", 2, "title is empty", ""),
        (HEAD + "tilte: x\n---\n", 3, "'tilte: x' is no line of a header", "`title: …`, `makes: …`"),
        (HEAD + "\n---\n", 3, "'' is no line of a header", ""),
        (HEAD + "title: x\n---\n", 3, "title stands there twice", "line 2"),
        (HEAD + "makes: table clients\n---\n", 3, "the lab has no 'table clients'", "table client-records,"),
        (HEAD + "makes: bucket x\n---\n", 3, "the lab has no 'bucket x'", "of these kinds: table, role,"),
        (HEAD + "makes: API,\n---\n", 3, "the lab has no ''", "KIND NAME"),
        (HEAD + "code: conect\n---\n", 3, "wschat/functions has no 'conect'", "connect, create_room"),
        (HEAD + "see: items clients\n---\n", 3, "nobody can see 'items clients'", "one of client-records"),
        (HEAD + "---\nWhy.\n# Big\n", 5, "no heading '# Big'", "## Hint, ## See, ## Question, ### Answer"),
        (HEAD + "---\n## hint\nx\n", 4, "no heading '## hint'", "## Hint"),
        (HEAD + "---\n## Hint\n## See\nx\n", 4, "nothing under this hint", ""),
        (HEAD + "---\n## Hint\nx\n## Hint\nx\n", 6, "stands there twice", ""),
        (HEAD + "---\n## Question\nx\n", 4, "a question has one answer", "### Answer"),
        (HEAD + "---\n## Question\nx\n## Hint\nx\n", 4, "a question has one answer", ""),
        (HEAD + "---\n### Answer\nx\n", 4, "an answer follows its question", ""),
        (HEAD + "---\n```\n## Hint\n", 5, "a block of code has no end", ""),
        (HEAD + "---\nWhy\x1b[2J.\n", 4, "'\\x1b' steers a terminal", "take it out"),
        (HEAD + "---\nWhy\n\x9b2J\n", 5, "'\\x9b' steers a terminal", "take it out"),
        ("---\ntitle: T\x07\n---\n", 2, "'\\x07' steers a terminal", "take it out"),
    ],
)  # fmt: skip
def test_faults(text: str, line: int, says: str, allowed: str) -> None:
    """Each fault is told with its file, its line, and what is allowed."""
    with pytest.raises(UsageError, match=re.escape(says)) as caught:
        parse(text, "x/05-mine.md")
    assert (caught.value.where, allowed in caught.value.hint) == (f"x/05-mine.md, line {line}", True)


@pytest.mark.parametrize("name", ["mine.md", "5-mine.md", "05-Mine.md", "05-.md", "05-mine.txt"])
def test_names(name: str) -> None:
    """A file's name tells the lesson's number and id."""
    with pytest.raises(UsageError, match="no name of a lesson") as caught:
        parse("", f"x/{name}")
    assert caught.value.where == f"x/{name}"
