"""The page's server: it answers to its own name, with the page alone, and signs for nobody else."""

import http.client
import socket
from collections.abc import Iterator

import pytest

from wschat.errors import AccessError
from wschat.target import SignedHandshake
from wschat.web.page import TYPES
from wschat.web.server import Server

ORIGIN = "wss://abc.execute-api.eu-central-1.amazonaws.com"
URL = f"{ORIGIN}/development"
SIGNED = f"{URL}?X-Amz-Signature=secret"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that signs."""
    server = Server(URL, lambda: SignedHandshake(SIGNED, {}))
    with server.running():
        yield server


def ask(
    server: Server, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """Ask for something of the page's; `Host` is right unless it is given."""
    return ask_for(server, f"/{server.token}{path}", method, **headers)


def ask_for(
    server: Server, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """Ask for anything."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("path", ["/", "/?x=1", *(f"/{name}" for name in TYPES)])
def test_the_page(server: Server, path: str) -> None:
    """The files come with headers that allow nothing but them and the lab."""
    answer, body = ask(server, path)
    assert answer.status == 200
    assert b"The page of wschat" in body[:200]
    policy = answer.headers["Content-Security-Policy"]
    assert policy == (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {ORIGIN}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
        "frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    head, nothing = ask(server, path, "HEAD")
    assert (head.status, nothing, head.headers["Content-Length"]) == (200, b"", str(len(body)))


@pytest.mark.parametrize(
    "path",
    [
        *("/__init__.py", "/../page.py", "/%2e%2e/page.py", "//etc/passwd", "/..%2f..%2fpyproject.toml"),
        *("", "?", "/chat.js/", "/chat.js%00", "/favicon.ico", "/SIGN", "/sign/", "//"),
    ],
)
def test_nothing_but_the_page(server: Server, path: str) -> None:
    """There is nothing else, wherever one looks for it."""
    assert ask(server, path)[0].status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/index.html",
        "/sign",
        "//",
        "*",
        "/{token}x/sign",
        "/{token:.10}/sign",
        "/%ff/",
    ],
)
def test_other_users_of_this_machine(server: Server, path: str) -> None:
    """Who reaches the port has not the page's address: the lab's is not told, and nothing signed."""
    answer, body = ask_for(server, path.format(token=server.token))
    assert (answer.status, URL.encode() in body) == (403, False)
    assert ORIGIN not in str(answer.headers)


@pytest.mark.parametrize("path", ["/", "/sign"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", ""]
)
def test_other_names(server: Server, host: str, path: str) -> None:
    """A page elsewhere that gave its own name our address gets nothing, not even with the token."""
    assert ask_for(server, f"http://evil.example/{server.token}{path}")[0].status == 421
    answer, body = ask(server, path, Host=host.format(port=server.port))
    assert (answer.status, URL.encode() in body) == (421, False)
    assert ORIGIN not in str(answer.headers)
    assert ask(server, path, Host=f"localhost:{server.port}")[0].status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "X"])
def test_other_methods(server: Server, method: str) -> None:
    """It is read from, and asked by no page of another origin, whose browser would ask for OPTIONS first."""
    answer, _ = ask(server, "/", method)
    assert answer.status == 501
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "garbage", [b"\0\xff\r\n\r\n", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"GET\r\n\r\n"]
)
def test_garbage(server: Server, garbage: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """What is no request is refused in silence, and it goes on."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(garbage)
        client.recv(65536)
    assert ask(server, "/")[0].status == 200
    assert capfd.readouterr() == ("", "")


def test_signing(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    """The page gets a signed URL, and nothing is logged."""
    assert len(server.token) > 40
    assert ask(server, "/sign")[1].decode() == SIGNED
    assert capfd.readouterr() == ("", "")


def test_an_open_lab_has_nothing_to_sign() -> None:
    """Without signatures there is no endpoint for them, and the page may ask its server nothing."""
    server = Server(URL)
    with server.running():
        assert ask(server, "/sign")[0].status == 404
        assert f"connect-src {ORIGIN};" in ask(server, "/")[0].headers["Content-Security-Policy"]


def test_a_signature_that_fails() -> None:
    """Why nothing could be signed, or not in a URL, is told to the page."""
    signed = [SignedHandshake(URL, {"Authorization": "secret"})]

    def sign() -> SignedHandshake:
        if signed:
            return signed.pop()
        raise AccessError("the AWS login has expired", hint="log in again")

    server = Server(URL, sign)
    with server.running():
        for says in (b"the signature does not fit into a URL, ", b"the AWS login has expired: log in again."):
            answer, body = ask(server, "/sign")
            assert (answer.status, body[: len(says)]) == (502, says)


def test_it_ends_while_somebody_asks() -> None:
    """Connections that say nothing neither keep others waiting nor hold up its end."""
    other = Server(URL)
    with socket.socket() as silent, socket.socket() as late:
        with other.running():
            silent.connect(("127.0.0.1", other.port))
            assert ask(other, "/")[0].status == 200
        assert late.connect_ex(("127.0.0.1", other.port)) != 0
