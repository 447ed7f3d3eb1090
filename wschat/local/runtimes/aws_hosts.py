"""Lets what a Python function sends to AWS's hosts end in the local lab; runs before the function's code.

Two things are replaced, under whatever client there is: the address of such a host is the lab's, and TLS with
it is none, since nobody has its certificate. What that can't be done to is refused.
"""

import errno
import os
import re
import socket
import ssl
import sys
from collections.abc import Callable
from typing import Any, NoReturn

WEB = (80, 443)
ADDRESS = "127.65.87.83"
"""What a look-up finds for each of AWS's hosts: on this machine, and known again when it is connected to."""
LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex")
PROGRAMS = {"subprocess.Popen": 1, "os.system": 0, "os.exec": 1, "os.posix_spawn": 1}
"""Python's audit events of a program that is about to start, and where in them its arguments are."""
Function = Callable[..., Any]


class Untold:
    """What clients ask of TLS, where there is none; `server_hostname` is whom they take it for."""

    server_hostname: str
    server_side, session = False, None
    cipher = compression = shared_ciphers = version = staticmethod(lambda: None)
    get_channel_binding = selected_alpn_protocol = staticmethod(lambda *_: None)

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002  as ssl has it
        """There is none."""

    def getpeercert(self, binary_form: bool = False) -> object:  # noqa: FBT001, FBT002  as ssl has it
        """Return a certificate of the host, for who compares names."""
        return b"" if binary_form else {"subjectAltName": (("DNS", self.server_hostname),)}


class PlainSocket(Untold, socket.socket):
    """A socket without TLS, in place of ssl's."""

    def __init__(self, sock: socket.socket, server_hostname: str) -> None:
        timeout = sock.gettimeout()
        super().__init__(sock.family, sock.type, sock.proto, sock.detach())
        self.settimeout(timeout)
        self.server_hostname = server_hostname

    def pending(self) -> int:
        """Nothing is decrypted ahead."""
        return 0

    def unwrap(self) -> socket.socket:
        """Return what goes on without TLS."""
        return self


class PlainObject(Untold):
    """What goes through two buffers without TLS, in place of ssl's; asyncio reads and writes so."""

    def __init__(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, server_hostname: str) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self.server_hostname = server_hostname

    def read(self, size: int = 1024, buffer: Any = None) -> Any:  # noqa: ANN401  as ssl has it
        """Read what has come, into a buffer if there is one; empty: no more comes."""
        data = self._incoming.read(size)
        if not data and not self._incoming.eof:
            raise ssl.SSLWantReadError
        if buffer is None:
            return data
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: Any) -> int:  # noqa: ANN401  as ssl has it
        """Write it all."""
        return self._outgoing.write(data)

    def unwrap(self) -> None:
        """Say no more."""


class Hosts:
    """AWS's hosts, whose names match a pattern; in their place is the lab, at a port of this machine.

    Each of the others takes a function of the standard library, and returns what is to replace it.
    """

    def __init__(self, names: str, port: int) -> None:
        self._names = re.compile(names, re.IGNORECASE)
        self._here = ("127.0.0.1", port)

    def __contains__(self, host: object) -> bool:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        return isinstance(name, str) and bool(self._names.fullmatch(name))

    def looking_up(self, look_up: Function) -> Function:
        """Replace what looks up a host's address."""

        def replaced(host: Any, *args: Any, **more: Any) -> Any:  # noqa: ANN401  as socket has it
            return look_up(ADDRESS if host in self else host, *args, **more)

        return replaced

    def connecting(self, connect: Function) -> Function:
        """Replace a socket's connect, which takes names as well; only here is it known for which port."""

        def replaced(self_: socket.socket, to: Any) -> Any:  # noqa: ANN401  as socket has it
            if not isinstance(to, tuple) or (to[0] != ADDRESS and to[0] not in self):
                return connect(self_, to)
            return connect(self_, self._here if to[1] in WEB else refuse(to))

        return replaced

    def refuse_program(self, event: str, about: tuple[Any, ...]) -> None:
        """Refuse a program with such a host among its arguments, such as curl: it calls AWS by itself."""
        if event in PROGRAMS:
            arguments = about[PROGRAMS[event]]
            words = [arguments] if isinstance(arguments, str | bytes | os.PathLike) else arguments
            if named := self._names.search(" ".join(map(os.fsdecode, words))):
                text = f"the local lab can't serve {named[0]} to a program: let the function itself call it"
                print(text, file=sys.stderr)  # noqa: T201  a function's log
                raise PermissionError(errno.EACCES, text)

    def without_tls(self, wrap: Function, instead: Function) -> Function:
        """Replace what makes something TLS; its first two arguments make what is without."""

        def replaced(context: ssl.SSLContext, *args: Any, **more: Any) -> Any:  # noqa: ANN401  as ssl has it
            name = more.get("server_hostname")
            return instead(*args[:2], name) if name in self else wrap(context, *args, **more)

        return replaced


def refuse(to: tuple[Any, ...]) -> NoReturn:
    """Refuse what would leave the machine, as if nobody listened there, and say so in the function's log."""
    text = (
        f"the local lab serves ports 80 and 443 of AWS's hosts, not {to[1]}, and nothing goes from it to AWS"
    )
    print(text, file=sys.stderr)  # noqa: T201  a function's log
    raise ConnectionRefusedError(errno.ECONNREFUSED, text)


def end_here(port: int, names: str) -> None:
    """Take the lab at a port of this machine for each of AWS's hosts, whose names match a pattern."""
    hosts, context = Hosts(names, port), ssl.SSLContext
    replacements: list[tuple[Any, str, Function]] = [
        *((socket, name, hosts.looking_up(getattr(socket, name))) for name in LOOK_UPS),
        (socket.socket, "connect", hosts.connecting(socket.socket.connect)),
        (socket.socket, "connect_ex", hosts.connecting(socket.socket.connect_ex)),
        (context, "wrap_socket", hosts.without_tls(context.wrap_socket, PlainSocket)),
        (context, "wrap_bio", hosts.without_tls(context.wrap_bio, PlainObject)),
    ]
    for owner, name, function in replacements:
        setattr(owner, name, function)
    sys.addaudithook(hosts.refuse_program)
