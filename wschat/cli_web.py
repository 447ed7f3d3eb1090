"""What `wschat web` does once it knows which lab it is about: serve the page, or export it."""

import tempfile
import webbrowser
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from wschat.errors import AccessError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wschat.places import Last
    from wschat.web.server import Sign

IN_TERMINALS = {"elinks", "links", "links2", "lynx", "w3m", "www-browser"}  # they would take this one
CLOUDFRONT = (
    "CloudFront: make a distribution of that bucket (with origin access control), its default root object "
    "index.html, its response headers policy SecurityHeadersPolicy."
)


def serve(at: "Last", port: int, wait: "Callable[[], None] | None", *, browser: bool) -> None:
    """Serve the page until Ctrl-C, or until what it waits for ends.

    Raises:
        UsageError: the port can't be used, or the URL not be put into a policy.
        AccessError: there is nothing to sign with.
    """
    import threading

    from wschat import console
    from wschat.chat.links import check_url
    from wschat.web.server import Server

    check_url(at.url)
    server = Server(at.url, _signer(at) if at.sign else None, port)
    screen = console.screen()
    with server.running(), tempfile.TemporaryDirectory(prefix="wschat-") as private:
        try:
            console.paper().out(server.address, highlight=False)
            shown = _without_token(server.address, Path(private)) if at.sign else server.address
            if browser and not _open(shown):
                screen.print("Open this address in a browser.")
            elif browser and at.sign:
                screen.print("If the browser can't read what it was given, open this address there.")
            screen.print("Ctrl-C stops it.")
            (wait or threading.Event().wait)()
        except KeyboardInterrupt:
            screen.print("\nStopped.")


def _open(address: str) -> bool:
    """Open an address in a browser with a window of its own, if there is one."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    return Path(browser.name).name not in IN_TERMINALS and browser.open(address)


def _without_token(address: str, private: Path) -> str:
    """Return the address of a file that leads to this one: everybody here sees a browser's command line."""
    page = private / "open.html"
    page.touch(0o600)
    page.write_text(f'<meta http-equiv="refresh" content="0; url={escape(address)}">', encoding="utf-8")
    return page.as_uri()


def _signer(at: "Last") -> "Sign":
    from wschat.lab import login, signer

    sign = signer.signer(at.url, login.Target(region=at.region, profile=at.profile))

    def address() -> str:
        signed = sign()
        if signed.headers:
            hint = "use `wschat chat --sign`, or credentials with a shorter session token"
            raise AccessError(
                "the signature does not fit into a URL, and a browser takes no other", hint=hint
            )
        return signed.url

    return address


def export(at: "Last", folder: Path) -> None:
    """Write the page for a static host, and say how to put it on one.

    Raises:
        UsageError: the lab needs signatures, or something else is in the way.
        OSError: it can't be written.
    """
    from wschat import console
    from wschat.chat.links import check_url
    from wschat.web import page

    check_url(at.url)
    if at.sign:
        what = (
            "an exported page can't be used with a lab that asks for AWS_IAM: it would need your credentials"
        )
        hint = "serve it with `wschat web`, or open the lab: `wschat provision --auth none`"
        raise UsageError(what, where="web --export", hint=hint)
    page.export(page.Page(at.url), folder)
    console.paper().out(str(folder / "index.html"), highlight=False)
    screen = console.screen()
    screen.print(
        f"S3: aws s3 mb s3://BUCKET && aws s3 sync {folder} s3://BUCKET",
        markup=False,
        emoji=False,
        soft_wrap=True,
    )
    screen.print(CLOUDFRONT, markup=False, soft_wrap=True)
