"""The page's files: what they are made of, and the policy that lets them connect to one address."""

import re
from html import escape
from importlib.resources import files

import pytest

from wschat.errors import ConnectError, UsageError
from wschat.protocol import events as wire
from wschat.protocol import limits, requests
from wschat.text import SECRET
from wschat.web.page import TYPES, Page
from wschat.web.server import Server

FOLDER = files("wschat.web")


@pytest.mark.parametrize(
    ("url", "origin", "rest"),
    [
        ("ws://127.0.0.1:4566/a/b", "ws://127.0.0.1:4566", "/a/b"),
        ("wss://H.example./x;y,z?a=b;c", "wss://h.example.", "/x;y,z?a=b;c"),
        ("wss://b\u00fccher.example/x y", "wss://xn--bcher-kva.example", "/x y"),
        ("wss://stra\u00dfe.example:443", "wss://strasse.example:443", ""),
        ("wss://h.example/'; script-src *", "wss://h.example", "/'; script-src *"),
        ("wss://h.ex\nample/\r\ta#b", "wss://h.example", "/a"),
        ("wss://h.example:/?", "wss://h.example", "/"),
        ('wss://h.example/"><script>alert(1)</script>', "wss://h.example", '/"><script>alert(1)</script>'),
    ],
)
def test_the_policy_names_one_host(url: str, origin: str, rest: str) -> None:
    """Whatever the URL holds, it is one source of one directive, and text in the page, with that host."""
    page = Page(url)
    assert f"connect-src {origin};" in page.policy
    assert len(page.policy.split(";")) == 8
    index = page.read("index.html").decode()
    assert f'<meta name="lab" content="{escape(origin + rest)}">' in index
    assert index.count("<script") == 1


@pytest.mark.parametrize(
    "host",
    [
        *("*", "*.example", "h.example;script-src *", "h example", "'self'", "a_b.example", "%68.example"),
        *("2130706433", "0x7f.1", "127.1", "127.0.0.01", "127.0.0.1.", "[::1]:80", "h..example", "x" * 64),
        *(
            "a:b@h.example",
            "@h.example",
            "h.example\\@evil.example",
            "h.example\\evil",
            "h.example,x",
            "\ufffd",
        ),
    ],
)
def test_a_host_that_no_policy_can_name(host: str) -> None:
    """Such a URL is refused before anything is served."""
    with pytest.raises(UsageError, match="can't name this host"):
        Server(f"wss://{host}/x")


@pytest.mark.parametrize(
    "url", ["https://h.example/", "//h.example/", "wss:///h.example", "wss://h:0/", "wss://h:99999/"]
)
def test_what_is_no_url(url: str) -> None:
    """What browsers can't connect to is refused, too."""
    with pytest.raises(ConnectError):
        Server(url)


def test_the_page_knows_the_wire() -> None:
    """Its limits are the wire's, and it asks and hears all that there is."""
    page = (FOLDER / "index.html").read_text()
    marked = re.findall(r'id="(\w+)" data-limit="(\d+)"', page)
    assert marked == [
        ("name", str(limits.NAME_LIMIT)),
        ("room", str(limits.NAME_LIMIT)),
        ("message", str(limits.MESSAGE_LIMIT)),
    ]
    assert re.findall(r'data-bytes="(\d+)"', page) == [str(limits.KEY_LIMIT)] * 2
    program = (FOLDER / "chat.js").read_text()
    for action in requests.Action:
        assert re.search(rf"^(const|function) {action}\b", program, flags=re.MULTILINE), action
    handled = set(re.findall(r'^  "?([\w-]+)"?\(', program, flags=re.MULTILINE))
    assert handled >= set(wire.EVENTS) - {"pong"}


def test_what_the_page_says_as_the_terminal_does() -> None:
    """What is secret in a frame is known by the same pattern."""
    assert f"/{SECRET.pattern}/gisu" in (FOLDER / "frames.js").read_text()


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
