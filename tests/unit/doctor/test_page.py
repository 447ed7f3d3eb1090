"""A page as its host serves it: what a browser would say of it, and which URL it opens."""

import pytest

from tests.support.http_server import Quiet, serving
from wschat.doctor.page import LONGEST, Page, fetch, is_page
from wschat.protocol.symptoms import Symptom
from wschat.web.page import Page as Ours
from wschat.web.server import Server

LAB = "wss://a1b2.execute-api.us-east-1.amazonaws.com/development"


def wrong(page: Page) -> list[Symptom | None]:
    return [each.symptom for each in page.tries() if each.symptom]


def exported(url: str, policy: str = "") -> str:
    """Return our page for a static host, in which somebody put another policy."""
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy or Ours(url).policy}">'
    return Ours(url).read("index.html", head).decode()


def test_our_own() -> None:
    """What `wschat web` serves, and what it exports, has the URL in it, and may open it."""
    with Server(LAB) as server, server.running():
        page = fetch(server.address)
    assert (page.lab, wrong(page), len(page.policies)) == (LAB, [], 1)
    static = Page("https://x.s3.amazonaws.com/index.html", exported(LAB))
    assert (static.lab, wrong(static)) == (LAB, [])


@pytest.mark.parametrize(
    ("url", "lab", "blocked"),
    [
        ("https://chat.example.com/", "ws://10.0.0.1:4566/x", True),
        ("https://chat.example.com/", "ws://127.0.0.1:4566/x", False),
        ("http://chat.example.com/", "ws://10.0.0.1:4566/x", False),
        ("https://chat.example.com/", LAB, False),
    ],
)
def test_mixed_content(url: str, lab: str, *, blocked: bool) -> None:
    """By https a browser opens no ws:// but that of its own machine."""
    page = Page(url, f"<script>new WebSocket('{lab}')</script>")
    assert page.lab == lab
    assert wrong(page) == [Symptom.MIXED] * blocked


@pytest.mark.parametrize(
    ("policy", "blocked"),
    [
        ("connect-src wss://other.execute-api.us-east-1.amazonaws.com/development", True),
        ("default-src 'self'", True),
        ("default-src 'none'; connect-src wss:", False),
        ("connect-src *.amazonaws.com", False),
        (f"connect-src {LAB}", False),
        (f"connect-src {LAB.replace('development', 'production')}", True),
        ("connect-src https://a1b2.execute-api.us-east-1.amazonaws.com", True),
        ("script-src 'self'", False),
    ],
)
def test_policies(policy: str, *, blocked: bool) -> None:
    """A policy in the page or in a header has to name the host, and each of several has to."""
    for page in (
        Page("https://x/", exported(LAB, policy)),
        Page("https://x/", exported(LAB), (policy,)),
    ):
        assert wrong(page) == [Symptom.BLOCKED] * blocked


def test_no_page() -> None:
    """Another name of its host, another path, a redirect, nobody who listens; and a page without an end."""

    class Odd(Quiet):
        def do_GET(self) -> None:  # noqa: N802  as http.server calls it
            if self.path == "/moved":
                self.send_response(301)
                self.send_header("Location", "https://elsewhere.example/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(LONGEST * 4))
            self.end_headers()
            self.wfile.write(b"x" * LONGEST * 2)
            self.close_connection = True

    with Server(LAB) as server, server.running():
        told = [fetch(f"http://127.0.0.2:{server.port}/").why, fetch(f"{server.address}nothing").why]
    with serving(Odd) as url:
        moved, endless = fetch(f"{url}/moved"), fetch(url)
    assert wrong(moved) == [Symptom.NO_PAGE]
    assert moved.why == "HTTP 301 Moved Permanently, to https://elsewhere.example/"
    assert len(endless.text) <= LONGEST * 2
    assert told[1].startswith("HTTP 404")
    assert fetch("http://127.0.0.1:1/").why
    assert fetch("http://[/").why


def test_what_may_be_a_page() -> None:
    """What speaks WebSocket, and API Gateway's own addresses, are none."""
    urls = (
        "https://x.s3.amazonaws.com/index.html",
        "http://127.0.0.1:8000/",
        LAB,
        LAB.replace("wss", "https"),
    )
    assert [is_page(url) for url in urls] == [True, True, False, False]
