"""Notes on the lines of a function's source, for who reads it as a lesson.

They stand in `notes`, one file a module, as plain Markdown: a quoted piece of a line, by which the line is
found, and under it what is said of it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

NOTES = Path(__file__).parent / "notes"
SOURCES = Path(__file__).parent.parent / "functions"
ANCHOR = re.compile(r"^> `(.+)`$", re.MULTILINE)


def listing(module: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a function's source, and what is said of it: one paragraph, or nothing.

    To be shown in this order: the line as it stands, and under it, wrapped and marked, what is said of it.
    """
    return annotated(
        (SOURCES / f"{module}.py").read_text("utf-8"), (NOTES / f"{module}.md").read_text("utf-8")
    )


def annotated(source: str, notes: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a source, and what is said of it.

    Raises:
        ValueError: a note is not of exactly one line, since the source has changed, or it says nothing.
    """
    _, *parts = ANCHOR.split(notes)
    said = {anchor: " ".join(text.split()) for anchor, text in zip(parts[::2], parts[1::2], strict=True)}
    for anchor, text in said.items():
        if source.count(anchor) != 1 or not text:
            raise ValueError(f"{source.count(anchor)} lines have this, and {text!r} is said of it: {anchor}")
    for line in source.splitlines():
        yield line, " ".join(text for anchor, text in said.items() if anchor in line)
