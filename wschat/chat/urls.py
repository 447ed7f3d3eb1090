"""URLs: the one to chat at; those in what people say, and where they really lead."""

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from wschat.errors import ConnectError

URL = re.compile(r"\b(?:https?|wss?)://[^\s<>\"\x00-\x20\x7f-\xa0]+", re.IGNORECASE)
TRAILING = ".,;:!?'"
PAIRS = {")": "(", "]": "[", "}": "{"}
HARMLESS = re.compile(r"[!#-;=?-~]")  # printable ASCII without space and quotes


def check_url(url: str) -> SplitResult:
    """Return the parts of a WebSocket URL.

    Raises:
        ConnectError: it is none, or one of API Gateway without a stage.
    """
    hint = "it looks like wss://ID.execute-api.REGION.amazonaws.com/development"
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ConnectError("This is no URL", hint=hint) from None
    if parts.scheme in {"http", "https"}:
        scheme = parts.scheme.replace("http", "ws")
        raise ConnectError(f"{parts.scheme}:// is no WebSocket URL", hint=f"use {scheme}:// instead")
    if parts.scheme not in {"ws", "wss"} or not valid:
        raise ConnectError("A WebSocket URL begins with wss:// and a host", hint=hint)
    if ".execute-api." in (parts.hostname or "") and parts.path in {"", "/"}:
        raise ConnectError("The stage is missing at the end of the URL", hint=hint)
    return parts


def urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each URL begins and ends; punctuation behind one does not belong to it."""
    for found in URL.finditer(text):
        url = found[0]
        while url and (url[-1] in TRAILING or _unpaired(url)):
            url = url[:-1]
        yield found.start(), found.start() + len(url)


def _unpaired(url: str) -> bool:
    opening = PAIRS.get(url[-1])
    return opening is not None and url.count(opening) < url.count(url[-1])


def target_of(url: str) -> tuple[str, str]:
    """Return the URL as plain ASCII, and its real host if a reader could take it for another (else empty)."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = re.fullmatch(r"([^/?#\\]*)([/?#\\]?)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    user, at, host = authority.rpartition("@")
    try:
        real = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        real = _quoted(host)
    ascii_url = f"{scheme}://{_quoted(user)}{at}{_quoted(real)}{slash}{_quoted(path)}"
    return ascii_url, real if at or real != host else ""


def _quoted(text: str) -> str:
    return "".join(char if HARMLESS.fullmatch(char) else _percent(char) for char in text)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode(errors="replace"))
