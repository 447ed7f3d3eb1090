"""Other people's clients at the local gateway: `python -m tests.studies.gateway.interop PROGRAM...`.

A program is `websockets`, the path of a `wscat` (`npm install wscat`), or that of a Chromium or Chrome. Each
connects, asks, hears what boto3 posts, is looked at by boto3, and is disconnected by it.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.emulator import account_in_emulator
from tests.support.terminal import Terminal, started
from tests.support.until import until
from tests.support.websocket_api import TestApi, make_function, management_of
from wschat.lab.aws.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from playwright.sync_api import Page

WIDE = (50, 2000)
"""Lines and columns of a terminal in which no message is broken."""
PAGE = """
url => {
    window.said = []; window.socket = new WebSocket(url);
    socket.onopen = () => said.push("open");
    socket.onmessage = event => said.push(event.data);
    socket.onclose = event => said.push(`closed ${event.code} ${event.reason}`);
}
"""


class Tab:
    """A page with a WebSocket, in the place of a terminal."""

    def __init__(self, page: "Page", url: str) -> None:
        self._page = page
        page.evaluate(PAGE, url)

    def type(self, line: str) -> None:
        """Send a message."""
        self._page.evaluate("line => socket.send(line)", line)

    def until(self, seen: Callable[[str], bool]) -> str:
        """Wait until it has shown something; return all that it has shown."""
        until(lambda: seen(self._said()), self._said)
        return self._said()

    def _said(self) -> str:
        return str(self._page.evaluate("said.join('\\n')"))


@contextmanager
def browser(path: str, url: str) -> Iterator[Tab]:
    """Run a Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path) as chromium:
        yield Tab(chromium.new_page(), url)


def client_of(name: str, url: str) -> AbstractContextManager[Terminal | Tab]:
    """Run a client that connects to a URL."""
    commands = {
        "websockets": (sys.executable, "-m", "websockets", url),
        "wscat": (name, "--no-color", "--connect", url),
    }
    command = commands.get(Path(name).name)
    return (
        started(*command, env={**os.environ, "TERM": "xterm"}, size=WIDE) if command else browser(name, url)
    )


def make_api(clients: Cloud, function: str) -> TestApi:
    """Make an API that answers with the event of a message."""
    make_function(clients, function)
    api = TestApi(clients)
    proxy = api.proxy(function)
    for key in ("$connect", "echo"):
        api.permit(function, key)
        api.route(key, proxy)
    api.stage(api.deploy())
    return api


def talk(client: Terminal | Tab, management: "ApiGatewayManagementApiClient") -> None:
    """Let a client ask, hear a post of boto3's, be looked at by boto3, and be disconnected by it."""
    client.until(lambda shown: "open" in shown or "Connected" in shown)
    client.type(json.dumps({"action": "echo"}))
    shown = client.until(lambda shown: '"connectionId"' in shown)
    found = re.search(r'"connectionId": "([\w-]+==)"', shown)
    assert found, shown
    assert "LastActiveAt" in management.get_connection(ConnectionId=found[1])
    management.post_to_connection(ConnectionId=found[1], Data="a post, größer als ASCII".encode())
    client.until(lambda shown: "a post, größer als ASCII" in shown)
    client.type("no JSON")
    client.until(lambda shown: '{"message": "Forbidden", ' in shown)
    management.delete_connection(ConnectionId=found[1])
    client.until(lambda shown: "1000" in shown and "Connection Closed Normally" in shown)


def main() -> None:
    """Let each client talk."""
    with account_in_emulator() as (clients, root):
        api = make_api(clients, "Mirror")
        management = management_of(root, clients, api.id)
        for name in sys.argv[1:]:
            with client_of(name, api.url) as client:
                talk(client, management)
            sys.stdout.write(f"{name}: connects, talks, hears posts, is disconnected\n")


if __name__ == "__main__":
    main()
