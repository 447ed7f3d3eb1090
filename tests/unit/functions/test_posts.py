"""Posts: over connections that are kept alive, each with a limit of its own, to whom they are meant for."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from botocore.credentials import Credentials

from tests.unit.functions.conftest import Connect
from tests.unit.functions.post_sink import PostSink
from wschat.functions import _post, _talk
from wschat.functions._post import Gateway
from wschat.lab.blueprint import TIMEOUT
from wschat.protocol.events import Ack

BODY = b'{"type":"pong"}'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Late(Gateway):
    """Learns of a kept connection's end only when it uses it: as if it came just then."""

    def _kept_alive(self) -> HTTPConnection | None:
        return self._idle.pop()[1] if self._idle else None


def without_certificates(protocol: int) -> ssl.SSLContext:
    """Return a context for one side of TLS, in which nobody says who it is."""
    context = ssl.SSLContext(protocol)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    return context


@contextmanager
def answering(*connections: list[bytes | None], tls: bool = False) -> Iterator[tuple[Gateway, list[bytes]]]:
    """Answer, in turn, the posts of each connection; None ends it without an answer, and so does its end.

    Yields what posts there, and what it has sent; over TLS it is `Late`.
    """
    heard: list[bytes] = []
    context = without_certificates(ssl.PROTOCOL_TLS_SERVER) if tls else None

    def serve() -> None:
        for answers in connections:
            accepted, _ = server.accept()
            with context.wrap_socket(accepted, server_side=True) if context else accepted as one:
                for answer in answers:
                    if request := _request(one):
                        heard.append(request)
                        one.sendall(answer or b"")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        thread = threading.Thread(target=serve)
        thread.start()
        url = f"{'https' if tls else 'http'}://127.0.0.1:{server.getsockname()[1]}/dev"
        gateway = (Late if tls else Gateway)(url, Credentials("a", "b"), "us-east-1")
        gateway._tls = without_certificates(ssl.PROTOCOL_TLS_CLIENT) if tls else None
        yield gateway, heard
        thread.join()
        gateway.close()


def _request(one: socket.socket) -> bytes:
    read = b""
    while not read.endswith(BODY):
        if not (more := one.recv(65536)):
            return b""
        read += more
    return read


def post(gateway: Gateway) -> str:
    (outcome,) = gateway.post(["L0SM="], BODY, time.monotonic() + 20).values()
    return outcome


def test_slow_stuck_and_throttled(
    connect: Connect, sink: PostSink, capsys: pytest.CaptureFixture[str]
) -> None:
    """Members that are stuck or throttled are counted, keep their places, and delay nobody."""
    ann = connect("Ann", "Ops")
    stuck = [connect(f"stuck{number}", "Ops") for number in range(3)]
    members = [connect(f"user{number}", "Ops") for number in range(6)]
    slow = connect("Slow", "Ops")
    sink.posted.clear()
    sink.order.clear()
    sink.stuck.update(one.connection for one in stuck)
    sink.throttled.add(slow.connection)
    capsys.readouterr()
    assert isinstance(ann.ask("message", "hello"), Ack)
    line = json.loads(capsys.readouterr().out)
    assert (line["posted"], line["timeout"], line["slow"]) == (7, 3, 1)
    assert set(sink.order[:7]) == {one.connection for one in (ann, *members)}
    sink.stuck.clear()
    sink.throttled.clear()
    assert isinstance(ann.ask("message", "again"), Ack)
    assert all(one.heard() for one in (*stuck, slow))


def test_connections_are_kept_alive(connect: Connect, sink: PostSink) -> None:
    """Messages go over the same connections; one that the other side has closed is made anew."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    ann.ask("message", "first")
    before = sink.connections
    for _ in range(5):
        ann.ask("message", "more")
    assert sink.connections - before <= 2
    sink.hang_up()
    ann.heard(), bob.heard()
    ann.ask("message", "after the cut")
    assert len(ann.heard()) == len(bob.heard()) == 1


def test_ended_while_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that the other side has ended is not used: what is sent, is sent once."""
    with answering([OK], [OK]) as (gateway, heard):
        assert post(gateway) == "posted"
        ((_, line),) = gateway._idle
        line.sock.settimeout(10)
        assert line.sock.recv(1, socket.MSG_PEEK) == b""  # its end has come
        monkeypatch.setattr(gateway, "_send", _once(gateway))
        assert post(gateway) == "posted"
    assert len(heard) == 2


def _once(gateway: Gateway) -> object:
    send, sent = gateway._send, list[object]()

    def once(line: object, *rest: object) -> tuple[int, bytes]:
        assert not sent, "it was sent twice"
        sent.append(line)
        return send(line, *rest)  # type: ignore[arg-type]

    return once


def test_ended_meanwhile() -> None:
    """A post on a connection that ends just then is sent over a new one; if that ends too, no more."""
    with answering([OK, None], [OK]) as (gateway, heard):
        assert [post(gateway), post(gateway)] == ["posted", "posted"]
    assert len(heard) == 3
    with answering([OK, None], [None]) as (gateway, heard):
        assert post(gateway) == "posted"
        assert post(gateway).startswith("RemoteDisconnected: ")
    assert len(heard) == 3


def test_ended_meanwhile_over_tls() -> None:
    """It is no other over TLS, where who writes hears of the end in OpenSSL's words."""
    with answering([OK], [OK], tls=True) as (gateway, heard):
        assert post(gateway) == "posted"
        ((_, line),) = gateway._idle
        line.sock.settimeout(10)
        assert line.sock.recv(1) == b""  # its end has come
        assert post(gateway) == "posted"
    assert len(heard) == 2


def test_after_a_freeze() -> None:
    """A connection that was kept through a pause, such as Lambda's freeze, is not trusted."""
    with answering([OK, OK], [OK]) as (gateway, heard):
        assert post(gateway) == "posted"
        ((since, line),) = gateway._idle
        gateway._idle[:] = [(since - _post.KEPT_ALIVE, line)]
        assert post(gateway) == "posted"
        assert line.sock is None
    assert len(heard) == 2


def test_no_redirect() -> None:
    """What is posted, and who posts it, is told to nobody else."""
    away = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with answering([away]) as (gateway, heard):
        assert post(gateway) == "status 307: "
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (b'{"message": "You may not.\\n\\nx-amz-security-token:secret"}', "status 403: You may not."),
        (b'{"Message": "Forbidden"}', "status 403: Forbidden"),
        *(
            (each, "status 403: ")
            for each in (b"", b"<html>", b"[]", b'{"message": 7}', b'{"message": null}')
        ),
    ],
)
def test_why_not(said: bytes, outcome: str) -> None:
    """What AWS says of a refusal is told, but for the lines in which it repeats what was signed."""
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n" % len(said)
    with answering([head + said]) as (gateway, _):
        assert post(gateway) == outcome


def test_why_not_is_logged(connect: Connect, sink: PostSink, capsys: pytest.CaptureFixture[str]) -> None:
    """The log's line counts refusals by their status, and tells why one was."""
    ann = connect("Ann", "Ops")
    sink.refused = '{"message":"You may not."}'
    capsys.readouterr()
    assert isinstance(ann.ask("message", "hello"), Ack)
    line = json.loads(capsys.readouterr().out)
    assert (line["status 403"], line["why"]) == (1, "You may not.")


def test_connection_close() -> None:
    """A connection that is closed with its answer is not kept."""
    with answering([OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")], [OK]) as (gateway, _):
        assert post(gateway) == "posted"
        assert gateway._idle == []
        assert post(gateway) == "posted"


def test_tls_is_verified() -> None:
    """On AWS it is made sure that the other side is whom the host's name says."""
    gateway = Gateway(
        "https://api.execute-api.us-east-1.amazonaws.com/dev", Credentials("a", "b"), "us-east-1"
    )
    assert gateway.post([], b"", 0.0) == {}
    line = gateway._new()
    context = line._context  # type: ignore[attr-defined]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.cert_store_stats()["x509_ca"] > 50
    assert line.timeout == _post.TIMEOUT


def test_there_is_time_to_answer() -> None:
    """What a function posts ends before Lambda stops it, even if the last post gets stuck.

    It may do so three times: while it connects, while it agrees on a key, and while it waits for the answer.
    """
    assert _talk.PATIENCE + 3 * _post.TIMEOUT < TIMEOUT
