"""`wschat web` in a terminal: it serves, opens, exports; and the token that signs is shown to nobody else."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.terminal import terminal
from wschat.cli.app import main
from wschat.cli.provisioned import Provisioned
from wschat.web.page import Page

URL = "wss://abc.execute-api.eu-central-1.amazonaws.com/development"
HERE = "ws://127.0.0.1:9/x"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `wschat web` in this process, and returns its exit code and what it wrote."""

    def run(*options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["wschat", "web", *options])
        with pytest.raises(SystemExit) as end:
            main()
        return (int(end.value.code or 0), *capsys.readouterr())

    return run


def test_export(tmp_path: Path, run: Run) -> None:
    """The page is written with its URL and its policy, and it is told what else is in the folder."""
    folder = tmp_path / "my site"
    code, wrote, told = run("--url", URL, "--export", str(folder))
    assert (code, wrote) == (0, f"{folder}/index.html\n")
    assert [line.partition(":")[0] for line in told.splitlines()] == ["S3", "CloudFront"]
    assert f"sync '{folder}' s3://BUCKET --exclude '*' --include index.html" in told, "the page, and no more"
    index = (folder / "index.html").read_text()
    assert f'<meta name="lab" content="{URL}">' in index
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', index)
    assert policy
    assert unescape(policy[1]) == Page(URL).policy
    assert index.index("Content-Security-Policy") < index.index("<script")
    for number in range(12):
        (folder / f"mine\x1b{number:02}").touch()
    (tmp_path / "link").symlink_to(folder)
    code, wrote, told = run("--url", URL, "--export", str(tmp_path / "link"))
    assert (code, wrote) == (0, f"{folder}/index.html\n"), "where it is"
    assert "left as it is: mine\u241b00, mine\u241b01, " in told
    assert "mine\u241b09, and 2 more." in " ".join(told.split())
    code, _, told = run("--url", URL, "--export", str(folder / "style.css"))
    assert (code, f"{folder}/style.css" in told) == (1, True), "a file, where the folder should be, is named"


def test_export_of_a_signed_lab(tmp_path: Path, run: Run) -> None:
    """A page that nobody signs for is not written for a lab that asks for it."""
    Provisioned(url=URL, sign=True, region="eu-central-1").keep()
    code, _, told = run("--export", str(tmp_path / "site"))
    assert (code, "AWS_IAM" in told) == (2, True)
    assert not (tmp_path / "site").exists()


@contextmanager
def in_browser(browser: Path, script: str, lab: Provisioned, **env: str) -> Iterator[tuple[str, str]]:
    """Serve the page of a lab, with this browser, until Ctrl-C; yield its address and what was told."""
    browser.write_text(f"#!/bin/sh\n{script}\n")
    browser.chmod(0o755)
    lab.keep()
    with terminal("web", env={"BROWSER": f"{browser} %s", **env}) as web:
        told = web.until("Ctrl-C stops it.")
        yield next(line for line in told.splitlines() if line.startswith("http")), told
        web.press("\x03")
        web.until("Stopped.")
        assert web.end() == 0


def test_serving(tmp_path: Path, run: Run) -> None:
    """It prints its address, opens the browser there, and ends clean at Ctrl-C; the last URL is the lab."""
    opened = tmp_path / "opened"
    with in_browser(tmp_path / "browser", f'echo "$1" > {opened}', Provisioned(url=HERE)) as (address, _):
        assert opened.read_text().strip() == address
        port = str(urlsplit(address).port)
        code, _, told = run("--port", port, "--no-open")
        assert (code, f"port {port}" in told) == (2, True)


def test_the_token_is_nobody_elses(tmp_path: Path) -> None:
    """Who lists the processes of this machine does not see the token: the browser gets it from a file."""
    opened, mode = tmp_path / "opened", tmp_path / "mode"
    script = f'mv "${{1#file://}}" {opened}; stat -c %a {opened} > {mode}'
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    lab = Provisioned(url=URL, sign=True, region="eu-central-1")
    with in_browser(tmp_path / "browser", script, lab, **keys) as (address, _):
        assert len(urlsplit(address).path) > 40
        assert f'content="0; url={address}"' in opened.read_text()
        assert mode.read_text() == "600\n"


def test_a_browser_in_the_terminal(tmp_path: Path) -> None:
    """One that would take the terminal is not used; the address is there to be opened."""
    opened = tmp_path / "opened"
    with in_browser(tmp_path / "w3m", f"touch {opened}", Provisioned(url=HERE)) as (_, told):
        assert "Open this address in a browser." in told
        assert not opened.exists()
