"""Whether what a setting names can be used: an endpoint, a proxy, a file of certificates."""

import re
import ssl
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from botocore.utils import is_valid_endpoint_url, is_valid_ipv6_endpoint_url

from wschat.errors import UsageError
from wschat.system.files import regular
from wschat.system.proxy import Proxy


def check_endpoint(url: str, where: str) -> None:
    """Refuse what is no URL of an endpoint.

    Raises:
        UsageError: it is none; a password in it is not shown.
    """
    valid = _is_http(url) and (is_valid_endpoint_url(url) or is_valid_ipv6_endpoint_url(url))
    if not valid or {"@", "?", "#"} & set(url):
        hint = "it looks like http://127.0.0.1:4566, without a user or a password"
        raise UsageError(f"{url.rpartition('@')[2]!r} is no URL of an endpoint", where=where, hint=hint)


def _is_http(url: str) -> bool:
    """Tell whether it is a URL of a host, with a port or without."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


@cache  # it takes 30 ms
def check_certificates(path: str, where: str) -> None:
    """Refuse what is no file of certificates.

    Raises:
        UsageError: it is none.
    """
    regular(Path(path), hint=f"mend {where}, or take it away")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError as error:
        why = "no certificate stands in it" if isinstance(error, ssl.SSLError) else error.strerror
        what = f"{path} is no file of certificates in PEM: {why}"
        raise UsageError(what, where=where, hint="mend that setting, or take it away") from None


def check_proxy(proxy: Proxy) -> None:
    """Refuse what is no URL of a proxy.

    Raises:
        UsageError: it is none; a password in it is not shown.
    """
    url = proxy.url if "//" in proxy.url else f"http://{proxy.url}"
    if not _is_http(url) or not re.fullmatch(r"[!-~]+", proxy.url):
        hint = "it looks like http://proxy.example:3128 (in a password, / is %2F); NO_PROXY excepts hosts"
        raise UsageError(
            f"{proxy.shown!r} is no URL of a proxy that can be used", where=proxy.where, hint=hint
        )
