"""The page's server: it answers to its own name, with the page alone, and signs for nobody else."""

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from wschat.errors import AccessError, UsageError
from wschat.target import SignedHandshake
from wschat.web.server import PATHS, Server

URL = "wss://abc.execute-api.eu-central-1.amazonaws.com/development"
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
    """Ask the server for something; `Host` is right unless it is given."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("path", ["/", *PATHS, "/chat.js?x=1"])
def test_the_page(server: Server, path: str) -> None:
    """The files come with headers that allow nothing but them and the lab."""
    answer, body = ask(server, path)
    assert answer.status == 200
    assert b"The page of wschat" in body[:200]
    policy = answer.headers["Content-Security-Policy"]
    assert policy == (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {URL}; "
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
        *("/chat.js/", "/chat.js%00", "/favicon.ico", "/SIGN", "*"),
    ],
)
def test_nothing_but_the_page(server: Server, path: str) -> None:
    """There is nothing else, wherever one looks for it."""
    assert ask(server, path)[0].status == 404


@pytest.mark.parametrize("path", ["/", "/sign"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", ""]
)
def test_other_names(server: Server, host: str, path: str) -> None:
    """A page elsewhere that gave its own name our address gets nothing, not even with the token."""
    token = f"Bearer {server.token}"
    assert ask(server, f"http://evil.example{path}", Authorization=token)[0].status == 421
    answer, body = ask(server, path, Host=host.format(port=server.port), Authorization=token)
    assert answer.status == 421
    assert b"secret" not in body
    assert ask(server, path, Host=f"localhost:{server.port}", Authorization=token)[0].status == 200


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


def test_signing_for_the_page_alone(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    """Only who has the token of the address gets a signed URL; nothing is logged."""
    token = urlsplit(server.address).fragment
    assert len(token) > 40
    assert ask(server, "/sign", Authorization=f"Bearer {token}")[1].decode() == SIGNED
    for given in ("", "Bearer ", f"Bearer {token}x", f"Basic {token}", "Bearer \xff"):
        answer, body = ask(server, "/sign", Authorization=given)
        assert (answer.status, b"secret" in body) == (403, False)
    assert ask(server, f"/sign?{token}")[0].status == 403
    assert capfd.readouterr() == ("", "")


def test_an_open_lab_has_nothing_to_sign() -> None:
    """Without signatures there is neither token nor endpoint, and the page may ask its server nothing."""
    server = Server(URL)
    with server.running():
        assert urlsplit(server.address).fragment == ""
        assert ask(server, "/sign", Authorization=f"Bearer {server.token}")[0].status == 404
        assert f"connect-src {URL};" in ask(server, "/")[0].headers["Content-Security-Policy"]


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
            answer, body = ask(server, "/sign", Authorization=f"Bearer {server.token}")
            assert (answer.status, body[: len(says)]) == (502, says)


@pytest.mark.parametrize(
    "url", ["ws://[::1]:80/x", "wss://a:b@h.example/x", "wss://" + "x" * 70 + ".example/"]
)
def test_a_host_that_no_policy_can_name(url: str) -> None:
    """Such a URL is refused before anything is served."""
    with pytest.raises(UsageError, match="can't name this host"):
        Server(url)


def test_it_ends_while_somebody_asks() -> None:
    """Connections that say nothing neither keep others waiting nor hold up its end."""
    other = Server(URL)
    with socket.socket() as silent, socket.socket() as late:
        with other.running():
            silent.connect(("127.0.0.1", other.port))
            assert ask(other, "/")[0].status == 200
        assert late.connect_ex(("127.0.0.1", other.port)) != 0
