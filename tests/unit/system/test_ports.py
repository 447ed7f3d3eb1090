"""The ports of this machine."""

import socket
from contextlib import closing

import pytest

from wschat.errors import LocalError
from wschat.system.ports import is_in_use, listen


def test_a_port_in_use() -> None:
    """Who wants it is told; when it is free again it can be had."""
    with closing(listen(None)) as server:
        port = server.getsockname()[1]
        assert is_in_use(port)
        with pytest.raises(LocalError, match=f"port {port} of 127.0.0.1 can't be used"):
            listen(port)
    assert not is_in_use(port)
    listen(port).close()


def test_frames_go_at_once() -> None:
    """No part of a reply waits until the client has acknowledged the one before."""
    with closing(listen(None)) as server, socket.create_connection(server.getsockname()):
        accepted, _ = server.accept()
        with closing(accepted):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
