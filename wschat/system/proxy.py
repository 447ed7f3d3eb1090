"""Which proxy the environment puts before a host, and what may be told of it; before this machine, none."""

import os
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from wschat.target import is_here


class Proxy(NamedTuple):
    """A proxy.

    Attributes:
        url: as it stands there; it may hold a password.
        shown: the same without.
        where: the variable that names it, or the system's settings.
    """

    url: str
    shown: str
    where: str

    def __str__(self) -> str:
        return f"{self.shown} ({self.where})"


def proxy_for(url: str, *schemes: str) -> Proxy | None:
    """Return the proxy by which a URL is asked: the first that is named for one of these schemes."""
    parts, known = urlsplit(url), getproxies()
    scheme = next((each for each in schemes if known.get(each)), None)
    if not scheme or is_here(parts.hostname or "") or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    variables = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    where = next((each for each in variables if os.environ.get(each)), "the system's settings")
    return Proxy(known[scheme], known[scheme].rpartition("@")[2], where)
