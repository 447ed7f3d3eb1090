"""`wschat learn list`: the lessons, a teacher's among them."""

from pathlib import Path

from tests.support.terminal import wschat


def test_one_line_each(tmp_path: Path) -> None:
    """Number, name and title, in order, and nothing that steers a terminal."""
    (tmp_path / "035-ours.md").write_text("---\ntitle: Our own\x1b[2J\n---\n")
    lines = wschat("learn", "list", "--lessons", str(tmp_path)).stdout.splitlines()
    assert lines[0] == "01   before-you-start   Before you start"
    assert lines[3] == "035  ours               Our own␛[2J"
