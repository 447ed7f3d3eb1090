"""The page's files, with the lab's URL set and a policy that lets them connect to its host alone."""

import json
import re
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from ipaddress import IPv4Address
from urllib.parse import urlunsplit

from wschat.errors import UsageError
from wschat.target import WireName, check_url

PROGRAMS = (
    *("chat", "confusables", "connection", "forms", "frames"),
    *("names", "storage", "text", "view", "wires"),
)
TYPES = {
    "index.html": "text/html; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    **dict.fromkeys((f"{name}.js" for name in PROGRAMS), "text/javascript; charset=utf-8"),
}
PLACE, TABLE = "<!-- lab -->", '"the table"'
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.?")
"""A host as CSP has it, beside wildcards; browsers ignore a source with another one."""
NUMBER = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$")
"""The end of what browsers read as an IPv4 address."""


@dataclass(frozen=True)
class Page:
    """The page of one lab.

    `sign` is where it asks its server for a signed URL; empty if none is needed. `wire` is what the lab
    speaks, if that was chosen.
    """

    url: str
    sign: str = ""
    wire: WireName | None = None

    @property
    def policy(self) -> str:
        """Return the Content-Security-Policy: our own files, the lab's host, and no HTML from text.

        Raises:
            UsageError: it can't name the URL's host.
            ConnectError: it is no WebSocket URL.
        """
        own = "'self' " if self.sign else ""
        origin, _ = _parts(self.url)
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src {own}{origin}; "
            "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def read(self, name: str, *more: str) -> bytes:
        """Return a file; index.html with the settings in it, and `more` of its head."""
        from wschat.protocol.skeleton import table

        text = (files("wschat.web") / name).read_text(encoding="utf-8")
        given = {"lab": _parts(self.url)[1], "sign": self.sign, "wire": self.wire}
        settings = [_meta(name, content) for name, content in given.items() if content]
        text = text.replace(TABLE, json.dumps(table(), ensure_ascii=False))
        return text.replace(PLACE, "\n".join((*more, *settings))).encode()


def _parts(url: str) -> tuple[str, str]:
    """Return a URL's origin, which is all that a policy names of it, and the whole with that origin.

    Raises:
        UsageError: a policy can't name its host, or browsers would read another one.
        ConnectError: it is no WebSocket URL.
    """
    parts = check_url(url)
    try:
        host = (parts.hostname or "").encode("idna").decode()
        if NUMBER.search(host):
            IPv4Address(host)
        can_name = HOST.fullmatch(host) is not None
    except ValueError:
        can_name = False
    if not can_name or "@" in parts.netloc:
        hint = "give a host by its name, or by its IPv4 address, and without a user"
        raise UsageError("a browser's policy can't name this host", where="--url", hint=hint)
    place = f"{host}:{parts.port}" if parts.port else host
    return f"{parts.scheme}://{place}", urlunsplit((parts.scheme, place, parts.path, parts.query, ""))


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escape(content)}">'
