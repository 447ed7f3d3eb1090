"""The page's files: what they are made of, and the policy that lets them connect to one address."""

import re
from importlib.resources import files

import pytest

from wschat.protocol import events as wire
from wschat.protocol import limits, requests
from wschat.web.page import TYPES, Page

FOLDER = files("wschat.web")


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("ws://127.0.0.1:4566/a/b", "ws://127.0.0.1:4566/a/b"),
        ("wss://h.example/x;y,z?token=secret", "wss://h.example/x%3By%2Cz"),
        ("wss://bücher.example/x y", "wss://xn--bcher-kva.example/x%20y"),
        ("wss://h.example/'; script-src *", "wss://h.example/'%3B%20script-src%20*"),
    ],
)
def test_the_policy_names_one_address(url: str, source: str) -> None:
    """Whatever the URL holds, it is one source of one directive."""
    assert f"connect-src {source};" in Page(url).policy
    assert len(Page(url).policy.split(";")) == 8


def test_the_url_is_text_in_the_page() -> None:
    """A URL can't get out of the attribute that it stands in."""
    page = Page('wss://h.example/"><script>alert(1)</script>').read("index.html").decode()
    assert "<script>alert" not in page
    assert page.count("<script") == 1


def test_the_page_knows_the_wire() -> None:
    """Its limits are the wire's, and it asks and hears all that there is."""
    page = (FOLDER / "index.html").read_text()
    marked = re.findall(r'id="(\w+)" data-limit="(\d+)"', page)
    assert marked == [
        ("name", str(limits.NAME_LIMIT)),
        ("room", str(limits.NAME_LIMIT)),
        ("message", str(limits.MESSAGE_LIMIT)),
    ]
    program = (FOLDER / "chat.js").read_text()
    for action in requests.Action:
        assert re.search(rf"^(const|function) {action}\b", program, flags=re.MULTILINE), action
    handled = set(re.findall(r'^  "?([\w-]+)"?\(', program, flags=re.MULTILINE))
    assert handled >= set(wire.EVENTS) - {"pong"}


def test_its_programs() -> None:
    """Each can be read in one sitting, makes no HTML of text, and imports only what is served."""
    programs = {name: (FOLDER / name).read_text() for name in TYPES if name.endswith(".js")}
    for name, program in programs.items():
        assert len(program.splitlines()) <= 300, name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|setAttribute|style=", program
        )
        assert {f"./{other}" for other in programs} >= set(re.findall(r'from "(.*)";', program))
    there = {each.name for each in FOLDER.iterdir() if each.name.endswith((".js", ".css", ".html"))}
    assert there == set(TYPES)
