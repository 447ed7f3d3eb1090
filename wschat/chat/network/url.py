"""The URL of a lab: what one looks like."""

from urllib.parse import SplitResult, urlsplit

from wschat.errors import ConnectError


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
