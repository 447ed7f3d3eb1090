"""`wschat web`: serve the page on this machine for a browser, or export it for a static host."""

import tempfile
import webbrowser
from collections.abc import Callable
from html import escape
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from wschat.cli import console, options, which_lab
from wschat.cli.local_lab import check_excluded, join_local, lab_in
from wschat.cli.options import Address, Config, Credentials, Local, Prefix, Sign, Url, Wire
from wschat.errors import UsageError
from wschat.system import signals
from wschat.target import Target, WireName
from wschat.text import safe
from wschat.web import page
from wschat.web.export import export_page
from wschat.web.server import Server

IN_TERMINALS = {"elinks", "links", "links2", "lynx", "w3m", "www-browser"}  # they would take this one
SHOWN = 10  # files that are left, of which it is told
CLOUDFRONT = (
    "CloudFront: make a distribution of that bucket (with origin access control), its default root object "
    "index.html, its response headers policy SecurityHeadersPolicy."
)


def web(
    target: Credentials,
    context: typer.Context,
    config: Config,
    address: Address = None,
    url: Url = None,
    prefix: Prefix = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="TCP port of the page. (default: any)", show_default=False)
    ] = 0,
    export: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the page for a static host, and serve nothing.")
    ] = None,
    *,
    local: Local = False,
    sign: Sign = None,
    wire: Wire = None,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Chat in a browser. Serve the lab's page on this machine until Ctrl-C, or export it."""
    for excluded in (("export",), ("address", "url")):
        options.check_exclusive(context, "local", *excluded)
    options.offer_template(config)
    if not export:
        signals.interrupt_on_termination()
    if local:
        check_excluded(target, "web")
        with join_local() as running:
            at = lab_in(running, prefix, sign=sign)
            join = f"In a terminal, join with: {options.typed_here('chat', prefix, signed=at.sign)}"
            console.stderr().print(join, markup=False)
            _serve(at, port, running.wait, wire, browser=browser)
            return
    lab = which_lab.find(target, address or url, prefix, sign=sign, command="web")
    if export:
        _export(page.Page(lab.url, wire=wire), export, signs=lab.sign)
    else:
        _serve(lab, port, signals.wait, wire, browser=browser)


def _serve(
    target: Target, port: int, wait: Callable[[], object], wire: WireName | None, *, browser: bool
) -> None:
    """Serve the page until Ctrl-C, or until `wait` returns.

    Raises:
        UsageError: the port can't be used, or the URL not be put into a policy.
        AccessError: there is nothing to sign with.
    """
    server = Server(target.url, which_lab.signer(target), port, wire)
    err = console.stderr()
    with server.running(), tempfile.TemporaryDirectory(prefix="wschat-") as private:
        try:
            console.stdout().out(server.address)
            address = _redirect(server.address, Path(private)) if target.sign else server.address
            if browser and not _open(address):
                err.print("Open this address in a browser.")
            elif browser and target.sign:
                err.print("If the browser can't read what it was given, open this address there.")
            err.print("Ctrl-C stops it.")
            wait()
        except KeyboardInterrupt:
            err.print("\nStopped.")


def _open(address: str) -> bool:
    """Open an address in a browser with a window of its own, if there is one."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    return Path(browser.name).name not in IN_TERMINALS and browser.open(address)


def _redirect(address: str, private: Path) -> str:
    """Return the address of a private file that leads there: all users see a browser's command line."""
    file = private / "open.html"
    file.touch(0o600)
    file.write_text(f'<meta http-equiv="refresh" content="0; url={escape(address)}">', encoding="utf-8")
    return file.as_uri()


def _export(to_write: page.Page, folder: Path, *, signs: bool) -> None:
    """Write the page for a static host, and say how to put it on one.

    Raises:
        UsageError: the lab needs signatures, or something else is in the way.
        OSError: it can't be written.
    """
    if signs:
        what = (
            "an exported page can't be used with a lab that asks for AWS_IAM: it would need your credentials"
        )
        hint = "serve it with `wschat web`, or open the lab: `wschat provision --auth none`"
        raise UsageError(what, where="web --export", hint=hint)
    folder = folder.resolve()
    left = export_page(to_write, folder)
    console.stdout().out(str(folder / "index.html"))
    if left:
        more = f", and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        told = f"Not of the page, and left as it is: {', '.join(map(safe, left[:SHOWN]))}{more}."
        console.stderr().print(told, markup=False, emoji=False)
    only = " ".join(f"--include {name}" for name in page.TYPES)  # whatever else is in the folder
    sync = f"aws s3 mb s3://BUCKET && aws s3 sync {quote(str(folder))} s3://BUCKET --exclude '*' {only}"
    console.stderr().print(f"S3: {sync}", markup=False, emoji=False, soft_wrap=True)
    console.stderr().print(CLOUDFRONT, markup=False)
