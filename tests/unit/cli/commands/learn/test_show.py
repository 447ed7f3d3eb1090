"""`wschat learn show`: one lesson, to be read in any program."""

from pathlib import Path

from tests.support.terminal import wschat

LESSON = """---
title: Ours
---
It is {prefix}Connect, in {region}, and {this} stays.
## Hint
H
## See
S
## Question
Q
### Answer
A
"""


def test_show(tmp_path: Path) -> None:
    """All that stands in it, with this lab's names."""
    (tmp_path / "035-ours.md").write_text(LESSON)
    typed = ("learn", "show", "ours", "--lessons", str(tmp_path), "--prefix", "a-", "--region", "eu-west-1")
    assert wschat(*typed).stdout == (
        "# Ours\n\nIt is a-Connect, in eu-west-1, and {this} stays.\n\n## Hint\n\nH\n\n## See\n\nS\n\n"
        "## Question\n\nQ\n\n### Answer\n\nA\n"
    )
