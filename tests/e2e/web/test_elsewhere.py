"""The page away from home: on a static host, and at a lab that lets in only who signs."""

from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from tests.e2e.test_signed import make_api
from tests.e2e.web.conftest import OpenTab
from tests.support.http_server import Quiet, serving
from tests.support.threaded import ThreadedServer
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.signing import signer
from wschat.target import SignedHandshake, Target
from wschat.web.export import export_page
from wschat.web.page import Page
from wschat.web.server import Server

CONNECT = """async (url) => {
  addEventListener("securitypolicyviolation", (event) => { window.violated = event.blockedURI; });
  const socket = new WebSocket(url);
  await new Promise((done) => { socket.onerror = socket.onopen = done; });
  return socket.readyState === WebSocket.OPEN;
}"""


class StaticHost(Quiet, SimpleHTTPRequestHandler):
    """Serves a folder, as S3 does, with no header of ours."""


def strange(room: ThreadedServer) -> str:
    """Return a URL of the room's server that a policy could stumble over, and browsers read otherwise."""
    return f"ws://stra\u00dfe.LOCALHOST:{room.server.port}/a b;c,d'e?f=\"g;h#i"


def test_exported(tmp_path: Path, room: ThreadedServer, open_tab: OpenTab) -> None:
    """An exported page works on any host, and may connect to its lab and to nothing else."""
    other = ThreadedServer()
    export_page(Page(strange(room)), tmp_path)
    with serving(partial(StaticHost, directory=tmp_path)) as address:
        ann = open_tab(address).register("ann").create("ops")
        ann.say("from S3")
        ann.until("#log li.mine:has-text('from S3')")
        assert ann.errors == []
        assert ann.page.evaluate(CONNECT, f"ws://strasse.localhost:{room.server.port}/x") is True
        assert ann.page.evaluate(CONNECT, other.server.url) is False
        assert ann.page.evaluate("() => window.violated") == other.server.url
        ann.in_trouble = True
        ann.page.context.close()
    other.stop()


@pytest.mark.usefixtures("account")
def test_a_signed_lab(clients: Cloud, open_tab: OpenTab) -> None:
    """The page of a lab with AWS_IAM gets a signed address each time."""
    url = make_api(clients).url
    signed: list[SignedHandshake] = []
    sign = signer(url, Target(region="us-east-1"))

    def note() -> SignedHandshake:
        signed.append(sign())
        return signed[-1]

    server, unsigned = Server(url, note), Server(url)
    with server.running(), unsigned.running():
        ann = open_tab(server.address)
        ann.until_state("Connected")
        ann.page.reload()
        ann.until_state("Connected")
        assert len(signed) == 2
        ann.in_trouble = True
        ann.page.evaluate("history.pushState('', '', '/of-another-run/')")
        ann.page.evaluate("dispatchEvent(new Event('online'))")
        ann.until_state("not opened with the address")
        assert len(signed) == 2
        shut_out = open_tab(unsigned.address)
        shut_out.in_trouble = True
        shut_out.until_state("asks for AWS_IAM")
