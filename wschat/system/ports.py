"""The ports of this machine: to listen on one, or to tell whether somebody does."""

import errno
import os
import socket

from wschat.errors import LocalError
from wschat.target import HOST


def listen(port: int | None) -> socket.socket:
    """Listen on a port of this machine, any free one by default.

    Raises:
        LocalError: the port can't be used.
    """
    why = errno.EADDRINUSE
    if not (port and is_in_use(port)):  # macOS lets two listen, on all addresses and on this one
        try:
            server = socket.create_server((HOST, port or 0))
            server.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )  # a reply's second frame goes at once
            return server
        except OSError as error:
            why = error.errno or why
    what = f"port {port} of {HOST} can't be used: {os.strerror(why)}"
    raise LocalError(what, hint="end what listens there, or choose another port")


def is_in_use(port: int) -> bool:
    """Tell whether somebody listens on a port of this machine."""
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0
