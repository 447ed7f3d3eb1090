"""A page as its host serves it: whether it may open the WebSocket URL that stands in it."""

import re
import time
from dataclasses import dataclass
from html import unescape
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from wschat.doctor.visit import Try
from wschat.protocol.symptoms import Symptom
from wschat.target import host_of, is_here
from wschat.text import safe

PATIENCE_S = 10.0
LONGEST = 256 * 1024
"""Bytes that are read of a page, in so many seconds."""
OURS = re.compile(r'<meta name="lab" content="([^"]+)"')
ANY = re.compile(r"""\b(wss?://[^\s"'`<>]+)""")
"""The URL in this program's page, and one in another page."""
POLICY = re.compile(r"""<meta http-equiv="Content-Security-Policy" content="([^"]*)\"""", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """What a host serves: `why` says why there is no page; the policies are those of headers.

    `seconds` is how long it took.
    """

    url: str
    text: str = ""
    policies: tuple[str, ...] = ()
    why: str = ""
    seconds: float = 0.0

    @property
    def lab(self) -> str:
        """The WebSocket URL that stands in it; empty if there is none."""
        found = OURS.search(self.text) or ANY.search(POLICY.sub("", self.text))
        return unescape(found[1]) if found else ""

    def tries(self) -> list[Try]:
        """Return what was tried of it, and what would fail in a browser."""
        if self.why:
            return [Try("page", self.seconds, self.why, Symptom.NO_PAGE)]
        found = [Try("page", self.seconds)]
        if self.url.startswith("https:") and self.lab.startswith("ws:") and not is_here(host_of(self.lab)):
            seen = f"it is served by https and opens {self.lab}, which a browser blocks"
            found.append(Try("page, mixed content", 0.0, seen, Symptom.MIXED))
        for policy in (*self.policies, *map(unescape, POLICY.findall(self.text))):
            if host_of(self.lab) and not _lets_connect(policy, self.lab, self.url):
                seen = f"its Content-Security-Policy does not let it open {self.lab}: {policy}"
                found.append(Try("page, policy", 0.0, seen, Symptom.BLOCKED))
        return found


def is_page(url: str) -> bool:
    """Tell whether a URL may be that of a page: of http, and of no API Gateway."""
    host = host_of(url)
    return url.startswith(("http://", "https://")) and bool(host) and ".execute-api." not in host


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow no redirect: it is an answer as any other, which is told."""


def fetch(url: str) -> Page:
    """Ask a host for a page; not much is read of it, nor for long."""
    text, why, policies, began = b"", "", tuple[str, ...](), time.monotonic()
    try:
        with build_opener(_Stay).open(url, timeout=PATIENCE_S) as answer:
            policies = tuple(answer.headers.get_all("Content-Security-Policy", ()))
            while len(text) < LONGEST and time.monotonic() - began < PATIENCE_S:
                if not (some := answer.read1(LONGEST)):
                    break
                text += some
    except HTTPError as error:
        leads = error.headers.get("Location")
        why = f"HTTP {error.code} {error.reason}" + (f", to {leads}" if leads else "")
        error.close()
    except (OSError, ValueError, HTTPException) as error:
        why = str(getattr(error, "reason", "")) or str(error) or type(error).__name__
    return Page(url, text.decode(errors="replace"), policies, safe(why), time.monotonic() - began)


def _lets_connect(policy: str, lab: str, page: str) -> bool:
    """Tell whether a policy lets a page open a URL, by what it says of connections, or else of all."""
    said = {name: sources for name, *sources in map(str.split, filter(str.strip, policy.lower().split(";")))}
    sources = said.get("connect-src", said.get("default-src", ["*"]))
    target = urlsplit(lab.lower())
    return any(_fits(each, target, page) for each in sources)


def _fits(source: str, target: SplitResult, page: str) -> bool:
    if source == "'self'":
        return target.netloc == urlsplit(page.lower()).netloc
    scheme, _, rest = source.rpartition("://")
    host, slash, path = rest.partition("/")
    if scheme not in {"", target.scheme} and (scheme, target.scheme) != ("ws", "wss"):
        return False
    covers = host.startswith("*.") and target.netloc.endswith(host[1:])
    leads = (
        not slash
        or target.path.lstrip("/") == path
        or (path.endswith("/") and target.path.startswith(f"/{path}"))
    )
    return source in {"*", f"{target.scheme}:"} or (leads and (covers or host in {"*", target.netloc}))
