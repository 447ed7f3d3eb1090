"""The management API of API Gateway: posts one event to many connections at the same time, cheaply."""

import time
from collections import deque
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import quote

from wschat.functions.shared.aws import NO_ANSWER, Endpoint, message_of
from wschat.functions.shared.workers import WORKERS, pool
from wschat.protocol.json_objects import json_object

POSTED = "posted"
OUTCOMES = {200: POSTED, 410: "gone", 429: "slow"}  # slow: too many posts, or a client that does not read
INVALID = "Invalid connectionId"  # with 400, of an id that API Gateway never issued: of a made-up event
STALE = {"gone", "invalid"}  # no post will ever reach them


class ManagementApi(Endpoint):
    """The connections of one stage of an API, at the URL of its management API.

    A post may take longer than API Gateway ever needs, and not much, for those who wait behind it.
    """

    SERVICE = "execute-api"
    CONNECT_TIMEOUT = READ_TIMEOUT = 1.5

    def post(self, connections: Iterable[str], body: bytes, until: float) -> dict[str, str]:
        """Post to all connections at once; return what came of it for each.

        That is "posted", "gone", "invalid", "slow", "timeout", "late" (it was `until` before its turn came),
        or what went wrong: a word or two, and after a colon what was said of it. Nobody waits for a slow
        one, unless all workers have one to wait for. A post whose answer alone was lost is sent twice:
        clients drop what they have.
        """
        outcomes = dict.fromkeys(connections, "late")
        waiting = iter([*outcomes])

        def work(_: str) -> None:
            for connection in waiting:  # each worker takes the next one
                if time.monotonic() <= until:
                    outcomes[connection] = self._post(connection, body)

        deque(pool().map(work, [*outcomes][:WORKERS]))
        return outcomes

    def _post(self, connection: str, body: bytes) -> str:
        try:
            status, said = self.send(f"{self.path}/@connections/{quote(connection, safe='')}", body)
        except TimeoutError:
            return "timeout"
        except NO_ANSWER as error:
            return f"{type(error).__name__}: {error}"
        told = message_of(json_object(said) or {})
        if status == HTTPStatus.BAD_REQUEST and told.startswith(INVALID):
            return "invalid"
        return OUTCOMES.get(status, f"status {status}: {told}")
