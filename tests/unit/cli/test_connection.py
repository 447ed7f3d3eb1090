"""Which lab chat and web connect to."""

from pathlib import Path

import pytest

from tests.support.terminal import wschat
from wschat import paths
from wschat.cli.connection import program
from wschat.target import Target

HERE = "ws://127.0.0.1:9/"


@pytest.mark.parametrize(
    ("meant", "flags"), [("last", []), ("file", []), ("environment", []), ("flag", ["--url", HERE + "flag"])]
)
def test_which_lab(home: Path, meant: str, flags: list[str]) -> None:
    """For chat and web alike, a flag goes over the environment, that over the file, that over the last."""
    paths.remember(Target(url=f"{HERE}last"))
    text = "" if meant == "last" else f'url = "{HERE}file"'
    (home / "config.toml").write_text(text, encoding="utf-8-sig")  # as editors on Windows do
    env = {"WSCHAT_URL": f"{HERE}environment"} if meant in {"environment", "flag"} else {}
    assert f"{HERE}{meant}:" in wschat("chat", *flags, **env).stderr
    assert wschat("web", "--export", str(home / "site"), *flags, **env).returncode == 0
    assert f'content="{HERE}{meant}"' in (home / "site" / "index.html").read_text()


@pytest.mark.parametrize(
    ("typed", "found", "says"),
    [
        (".venv/bin/wschat", False, ".venv/bin/wschat"),
        ("/my own/wschat", False, "'/my own/wschat'"),
        (".venv/bin/wschat", True, "wschat"),
        ("wschat/__main__.py", False, "wschat"),
    ],
)
def test_how_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str, says: str, *, found: bool
) -> None:
    """The commands to go on with begin with what a shell finds, as a path if need be."""
    if found:
        (tmp_path / "wschat").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", [typed])
    assert program() == says
