"""`wschat learn list`: the lessons, a teacher's among them."""

import json
from pathlib import Path

from tests.support.terminal import wschat


def test_one_line_each(tmp_path: Path) -> None:
    """Number, name and title, in order, as JSON, too; a lesson that would steer the terminal is refused."""
    (tmp_path / "035-ours.md").write_text("---\ntitle: Our own\n---\n")
    lines = wschat("learn", "list", "--lessons", str(tmp_path)).stdout.splitlines()
    assert lines[0] == "01   before-you-start   Before you start"
    assert lines[3] == "035  ours               Our own"
    told = json.loads(wschat("learn", "list", "--json", "--lessons", str(tmp_path)).stdout)
    assert told["lessons"][3] == {"number": "035", "id": "ours", "title": "Our own"}
    assert len(told["lessons"]) == len(lines)
    (tmp_path / "036-odd.md").write_text("---\ntitle: Odd\x1b[2J\n---\n")
    refused = wschat("learn", "list", "--lessons", str(tmp_path))
    assert (refused.returncode, refused.stdout, "\x1b" in refused.stderr) == (2, "", False)
