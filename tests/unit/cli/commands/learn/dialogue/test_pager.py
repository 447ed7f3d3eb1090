"""A long text in the person's own pager."""

from pathlib import Path

import pytest

from wschat.cli.commands.learn.dialogue.pager import page


def shown(text: str) -> list[str]:
    """Return what is shown without a pager."""
    printed = list[str]()
    page(text, printed.append)
    return printed


def test_the_pager_of_the_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What `PAGER` names gets the text, and less its options; one that ends early is no error."""
    kept = tmp_path / "kept"
    monkeypatch.setenv("PAGER", f'cat > "{kept}"; echo "$LESS" >> "{kept}"')
    assert shown("a ü\n") == []
    assert kept.read_text() == "a ü\nFRX\n"
    monkeypatch.setenv("PAGER", "exit 1")
    assert shown("a\n" * 100_000) == []


@pytest.mark.parametrize("pager", ["", " ", "wschat-has-no-such-pager", "/dev/null"])
def test_without_one(monkeypatch: pytest.MonkeyPatch, pager: str) -> None:
    """Where there is none, or none that can be run, the text is shown."""
    monkeypatch.setenv("PAGER", pager)
    assert shown("text") == ["text"]
    monkeypatch.delenv("PAGER")
    assert shown("text") == ["text"]
