"""The management API of API Gateway: posts one event to many connections at the same time, cheaply."""

import time
from collections.abc import Iterable
from concurrent.futures import Future
from http import HTTPStatus
from itertools import chain
from selectors import EVENT_READ, PollSelector, SelectorKey
from urllib.parse import quote

from wschat.functions.shared.aws import ENDED, NO_ANSWER, Connection, Endpoint, message_of
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
        one, unless 32 are. A post whose answer alone was lost is sent twice: clients drop what they have.
        """
        posting = _Posting(self, connections, body, until)
        posting.run()
        return posting.outcomes

    def path_to(self, connection: str) -> str:
        """Return the path of a connection."""
        return f"{self.path}/@connections/{quote(connection, safe='')}"


class _Posting:
    """One event on its way to many connections.

    This thread asks over all connections to API Gateway that are kept alive, and takes the answers as they
    come: with a thread for each, a post costs twice the CPU. New connections are made by workers, at the same
    time, of which each goes on with whoever is next.
    """

    def __init__(self, api: ManagementApi, connections: Iterable[str], body: bytes, until: float) -> None:
        self.outcomes = dict.fromkeys(connections, "late")
        self._api, self._body, self._until = api, body, until
        self._waiting = iter([*self.outcomes])
        self._asked = PollSelector()
        self._working = list[Future[None]]()

    def run(self) -> None:
        """Post to all, at most 32 at a time."""
        for _ in range(min(WORKERS, len(self.outcomes))):
            self._ask_next()
        while asked := self._asked.get_map():
            first: SelectorKey = next(iter(asked.values()))
            came = self._asked.select(max(0.0, first.data[2] - time.monotonic()))
            for key, _ in came or [(first, 0)]:
                self._asked.unregister(key.fileobj)
                self._take(key.data[0], key.data[1], came=bool(came))
                self._ask_next()
        for working in self._working:
            working.result()

    def _ask_next(self) -> None:
        """Post to whoever is next, and wait for no answer."""
        connection = next(self._waiting, None)
        if connection is None or time.monotonic() > self._until:
            return
        if kept := self._api.ask(self._api.path_to(connection), self._body):
            limit = time.monotonic() + self._api.READ_TIMEOUT
            self._asked.register(kept.sock, EVENT_READ, (connection, kept, limit))
        else:
            self._working.append(pool().submit(self._work, connection))

    def _take(self, connection: str, kept: Connection, *, came: bool) -> None:
        """Take an answer, if it has come; what went over a connection that has ended is posted again."""
        try:
            if not came:
                raise TimeoutError
            self.outcomes[connection] = _outcome(*self._api.answer(kept))
        except ENDED:
            self._working.append(pool().submit(self._work, connection))
        except NO_ANSWER as error:
            kept.close()
            self.outcomes[connection] = _failure(error)

    def _work(self, first: str) -> None:
        """Post to one, and then to whoever is next, each time until the answer is there."""
        for connection in chain([first], self._waiting):
            if time.monotonic() <= self._until:
                try:
                    answer = self._api.send(self._api.path_to(connection), self._body)
                    self.outcomes[connection] = _outcome(*answer)
                except NO_ANSWER as error:
                    self.outcomes[connection] = _failure(error)


def _outcome(status: int, said: bytes) -> str:
    told = message_of(json_object(said) or {})
    if status == HTTPStatus.BAD_REQUEST and told.startswith(INVALID):
        return "invalid"
    return OUTCOMES.get(status, f"status {status}: {told}")


def _failure(error: Exception) -> str:
    return "timeout" if isinstance(error, TimeoutError) else f"{type(error).__name__}: {error}"
