"""The page's files, with the lab's URL set and a policy that lets them connect to nothing else."""

from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote, urlsplit

from wschat.errors import UsageError
from wschat.target import WireName

TYPES = {
    "index.html": "text/html; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    **dict.fromkeys(
        ("chat.js", "connection.js", "forms.js", "storage.js", "text.js", "view.js", "wires.js"),
        "text/javascript; charset=utf-8",
    ),
}
PLACE = "<!-- lab -->"
OURS = "The page of wschat"  # stands at the beginning of each file


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
        """Return the Content-Security-Policy: our own files, the one WebSocket, and no HTML from text.

        Raises:
            UsageError: it can't name the URL's host.
        """
        own = "'self' " if self.sign else ""
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src {own}{_source(self.url)}; "
            "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def read(self, name: str, *more: str) -> bytes:
        """Return a file; index.html with the settings in it, and `more` of its head."""
        text = (files("wschat.web") / name).read_text(encoding="utf-8")
        given = {"lab": self.url, "sign": self.sign, "wire": self.wire}
        settings = [_meta(name, content) for name, content in given.items() if content]
        return text.replace(PLACE, "\n".join((*more, *settings))).encode()


def export(page: Page, folder: Path) -> None:
    """Write the page for a static host, which sends no policy of ours: it stands in the page itself.

    Raises:
        UsageError: a file of that name is there, and not from us; nothing has been written then.
        OSError: the folder can't be written.
    """
    policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(page.policy)}">'
    contents = {folder / name: page.read(name, policy) for name in TYPES}
    for path in contents:
        if path.exists() and OURS not in path.read_bytes()[:200].decode(errors="replace"):
            hint = "give another directory, or move it away"
            raise UsageError("this file is there already, and not from wschat", where=str(path), hint=hint)
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        path.write_bytes(content)


def _source(url: str) -> str:
    """Return a URL as a policy names it: without a query, and with nothing that would end it."""
    parts = urlsplit(url)
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError:
        host = ""
    if not host or ":" in host or "@" in parts.netloc:
        hint = "give a host by its name, or by its IPv4 address, and without a user"
        raise UsageError("a browser's policy can't name this host", where="--url", hint=hint)
    port = f":{parts.port}" if parts.port else ""
    path = quote(parts.path, safe="/%:@!$&'()*+=~")  # not `;` and `,`, which end it
    return f"{parts.scheme}://{host}{port}{path}"


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escape(content)}">'
