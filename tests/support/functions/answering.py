"""Answers raw requests by a script, one connection after the other."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest

from wschat.functions.shared.aws import Endpoint

Service = TypeVar("Service", bound=Endpoint)

PATIENT = 60.0  # seconds for what takes none, on a machine that has much else to do
LOCALHOST = Path(__file__).parent / "localhost.pem"
"""A certificate of localhost until 2120, by itself, and its key, which is known to everybody."""


def reply(status: int = 200, said: bytes = b"", more: bytes = b"") -> bytes:
    """Return an answer; `more` are headers, each with its end of line."""
    return b"HTTP/1.1 %d Told\r\n%bContent-Length: %d\r\n\r\n%b" % (status, more, len(said), said)


@contextmanager
def answering(*connections: Sequence[bytes | None], tls: bool = False) -> Iterator[tuple[str, list[bytes]]]:
    """Answer, in turn, the requests of each connection; None ends it without an answer, and so does its end.

    Yields the URL, and what was asked.
    """
    asked: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(LOCALHOST)

    def serve() -> None:
        for answers in connections:
            accepted, _ = server.accept()
            with (
                suppress(ssl.SSLError),
                context.wrap_socket(accepted, server_side=True) if tls else accepted as one,
            ):
                for answer in answers:
                    if request := _request(one):
                        asked.append(request)
                        one.sendall(answer or b"")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENT)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"{'https://localhost' if tls else 'http://127.0.0.1'}:{server.getsockname()[1]}", asked
        thread.join()


@contextmanager
def answered(
    kind: type[Service], *connections: Sequence[bytes | None]
) -> Iterator[tuple[Service, list[bytes]]]:
    """Answer a client's requests by a script; yields the client, and what was asked."""
    with answering(*connections) as (url, asked), closing(kind(url)) as client:
        yield client, asked


def give_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give functions in this process a role, as Lambda does, without a session."""
    for name, value in {
        "ACCESS_KEY_ID": "AKIA",
        "SECRET_ACCESS_KEY": "secret",
        "REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)


def _request(one: socket.socket) -> bytes:
    read = b""
    while not (found := re.search(rb"content-length: (\d+).*?\r\n\r\n", read, re.IGNORECASE | re.DOTALL)) or (
        len(read) < found.end() + int(found[1])
    ):
        if not (more := one.recv(65536)):
            return b""
        read += more
    return read
