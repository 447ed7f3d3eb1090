"""The command that chats in a browser: it serves the page on this machine, or exports it."""

import tempfile
import webbrowser
from html import escape
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from wschat.cli_aws import Profile, Region
from wschat.cli_chat import (
    Local,
    Signed,
    Url,
    find_lab,
    join_local,
    settings_of,
)
from wschat.cli_runs import called, signer_of
from wschat.errors import AccessError, UsageError
from wschat.signals import end_as_ctrl_c
from wschat.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from wschat.web.server import Sign

IN_TERMINALS = {"elinks", "links", "links2", "lynx", "w3m", "www-browser"}  # they would take this one
CLOUDFRONT = (
    "CloudFront: make a distribution of that bucket (with origin access control), its default root object "
    "index.html, its response headers policy SecurityHeadersPolicy."
)


def web(
    url: Url = None,
    region: Region = None,
    profile: Profile = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Serve the page here. (default: any)", show_default=False)
    ] = 0,
    export: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the page for a static host, and serve nothing.")
    ] = None,
    *,
    local: Local = False,
    sign: Signed = None,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Chat in a browser. Serve the lab's page on this machine until Ctrl-C, or export it."""
    if local and (url or sign or export):
        raise UsageError("--local and --url, --sign or --export exclude each other", where="web")
    if not export:
        end_as_ctrl_c()
    if local:
        from wschat import console

        with join_local() as lab:
            console.screen().print(f"In a terminal, join with: {called()} chat --local")
            _serve(Target(url=lab.url), port, lab.wait, browser=browser)
        raise typer.Exit
    at = find_lab("web", settings_of(url=url), region, profile, sign=sign)
    if export:
        _export(at, export)
    else:
        _serve(at, port, None, browser=browser)


def _serve(at: Target, port: int, wait: "Callable[[], None] | None", *, browser: bool) -> None:
    """Serve the page until Ctrl-C, or until what it waits for ends.

    Raises:
        UsageError: the port can't be used, or the URL not be put into a policy.
        AccessError: there is nothing to sign with.
    """
    import threading

    from wschat import console
    from wschat.web.server import Server

    server = Server(at.url, _address_of(at), port)
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


def _address_of(at: Target) -> "Sign | None":
    """Return what signs the URL for each connection, if the lab asks for that."""
    sign = signer_of(at)
    if sign is None:
        return None

    def address() -> str:
        signed = sign()
        if signed.headers:
            hint = "use `wschat chat --sign`, or credentials with a shorter session token"
            raise AccessError(
                "the signature does not fit into a URL, and a browser takes no other", hint=hint
            )
        return signed.url

    return address


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


def _export(at: Target, folder: Path) -> None:
    """Write the page for a static host, and say how to put it on one.

    Raises:
        UsageError: the lab needs signatures, or something else is in the way.
        OSError: it can't be written.
    """
    from wschat import console
    from wschat.web import page

    if at.sign:
        what = (
            "an exported page can't be used with a lab that asks for AWS_IAM: it would need your credentials"
        )
        hint = "serve it with `wschat web`, or open the lab: `wschat provision --auth none`"
        raise UsageError(what, where="web --export", hint=hint)
    page.export(page.Page(at.url), folder)
    console.paper().out(str(folder / "index.html"), highlight=False)
    screen = console.screen()
    only = " ".join(f"--include {name}" for name in page.TYPES)  # whatever else is in the folder
    screen.print(
        f"S3: aws s3 mb s3://BUCKET && aws s3 sync {quote(str(folder))} s3://BUCKET --exclude '*' {only}",
        markup=False,
        emoji=False,
        soft_wrap=True,
    )
    screen.print(CLOUDFRONT, markup=False, soft_wrap=True)
