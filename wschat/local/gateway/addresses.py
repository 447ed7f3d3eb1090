"""Where a WebSocket API is: under a path of this machine's address, and at the host that AWS has for it."""

import re

PREFIX = "/_aws/execute-api"
AWS_HOST = re.compile(r"(?:[\w.-]+\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|on\.aws)\.?", re.IGNORECASE)
API_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?::\d+)?", re.IGNORECASE)
HANDSHAKE = re.compile(rb"GET (?s:.*)\r\nupgrade: *websocket *\r\n", re.IGNORECASE)
"""The head of a request for a WebSocket, which nobody but the gateway serves here."""


def host_of(api: str, region: str) -> str:
    """Return the host that AWS would serve an API at."""
    return f"{api}.execute-api.{region}.amazonaws.com"


def is_in(region: str, host: str) -> bool:
    """Tell whether an API in a region is asked for there: a host that AWS has for APIs may be of another."""
    at = API_HOST.fullmatch(host)
    return not at or at[2].lower() == region


def path_here(host: str, path: str) -> str:
    """Return the path under this machine's address, `/_aws/execute-api/API/…`, of what is asked of a host.

    A path that is asked of any other host stays as it is.
    """
    at = API_HOST.fullmatch(host)
    return f"{PREFIX}/{at[1]}{path}" if at else path
