"""What happens in the gateway, for who watches: one trace for each handshake, frame, reply, post and end."""

from http import HTTPStatus
from time import time as now
from typing import Any, NamedTuple

from wschat.local.gateway.events import ConnectionInfo, RequestInfo
from wschat.local.gateway.model import PROXY, Route
from wschat.text import masked


class Trace(NamedTuple):
    """One thing that happened.

    Attributes:
        event: `connect`, when it is decided; `frame` from a client, and the `reply` that its route came to;
            `post`, `get` or `delete`, a call about a connection; `end` of a connection, and `disconnect`,
            what that route came to.
        time: when, in milliseconds since 1970.
        connection: its id; empty before it has one.
        integration: what the route leads to: a function, with its alias if it has one, or MOCK.
        milliseconds: how long that, or a call about a connection, took, all that waited for it included.
        status: the answer's to a handshake (101: it opened) or a call; the code of an end.
        text: what was sent, by whomever; None: nothing. Of a handshake that is nobody's the path.
        why: the reason of a refusal, a failure or an end.
    """

    event: str
    time: int
    connection: str = ""
    api: str = ""
    stage: str = ""
    route: str = ""
    integration: str = ""
    milliseconds: float | None = None
    status: int | None = None
    text: str | None = None
    why: str = ""

    def message(self) -> dict[str, Any]:
        """Return what is known, without secrets in what was sent."""
        known = {name: value for name, value in self._asdict().items() if value not in (None, "")}
        return known | ({} if self.text is None else {"text": masked(self.text)})


def trace(
    event: str,
    info: ConnectionInfo,
    request: RequestInfo | None = None,
    route: Route | None = None,
    **more: Any,  # noqa: ANN401  as Trace has them
) -> Trace:
    """Return what happens now to a connection; `request` is what began it, if that is over."""
    at = now()
    took = round((at - request.time) * 1000, 2) if request else None
    key, integration = (route.key, _named(route)) if route else ("", "")
    return Trace(event, int(at * 1000), info.id, info.api, info.stage, key, integration, took, **more)


def turned_away(path: str, status: HTTPStatus, why: str) -> Trace:
    """Return that a request which asks for a WebSocket is refused before any API is looked at."""
    text = path.partition("?")[0]
    return Trace("connect", int(now() * 1000), status=status, text=text, why=why)


def _named(route: Route) -> str:
    """Return the name of what a route leads to; of a function's URI the end, whatever the rest is."""
    if route.integration is None:
        return "nothing"
    if route.integration.type != PROXY:
        return route.integration.type
    return route.integration.uri.rpartition(":function:")[2].removesuffix("/invocations")
