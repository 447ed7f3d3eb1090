"""Notes on the lines of the functions' sources: each is of one line that is there."""

import pytest

from wschat.lab.blueprint import FUNCTIONS
from wschat.learn.line_notes import NOTES, SOURCES, annotated, listing

MODULES = [spec.module for spec in FUNCTIONS]
STALE = "> `c`\n\nOf no line.\n", "> `= `\n\nOf two.\n", "> `a`\n\n> `b`\n\nSecond.\n"


@pytest.mark.parametrize("module", MODULES)
def test_each_function_has_notes(module: str) -> None:
    """The source is shown as it is, and each note at one line of it."""
    lines = list(listing(module))
    assert "".join(f"{line}\n" for line, _ in lines) == (SOURCES / f"{module}.py").read_text()
    noted = sum(bool(said) for _, said in lines)
    assert noted == f"\n{(NOTES / module).with_suffix('.md').read_text()}".count("\n> ")
    assert noted >= 5


def test_no_notes_of_what_is_not_there() -> None:
    """Each file of notes is of a function."""
    assert sorted(path.name for path in NOTES.iterdir()) == sorted(f"{module}.md" for module in MODULES)


def test_a_note_stands_beside_its_line() -> None:
    """What is said of a line is one paragraph, however it is wrapped."""
    notes = "> `b = `\n\nFirst\nthis.\n\nThen that.\n"
    assert list(annotated("a = 1\nb = 2\n", notes)) == [("a = 1", ""), ("b = 2", "First this. Then that.")]


@pytest.mark.parametrize("notes", STALE)
def test_a_stale_note(notes: str) -> None:
    """A note of no line, of two, or that says nothing is an error."""
    with pytest.raises(ValueError, match="lines have this"):
        list(annotated("a = 1\nb = 2\n", notes))
