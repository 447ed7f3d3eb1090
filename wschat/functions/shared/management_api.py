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
NO_TIME = 0.001  # seconds: with none at all, a socket would not wait for what has come already


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
        one, unless 32 are, or it stops within its answer, for 1.5 seconds at most. A post whose answer alone
        was lost is sent twice: clients drop what they have.
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
        self._selector = PollSelector()
        self._workers = list[Future[None]]()

    def run(self) -> None:
        """Post to all, at most 32 at a time."""
        for _ in range(min(WORKERS, len(self.outcomes))):
            self._post_next()
        while asked := self._selector.get_map():
            first: SelectorKey = next(iter(asked.values()))
            *_, limit = first.data
            for key, _ in self._selector.select(max(0.0, limit - time.monotonic())) or [(first, 0)]:
                self._selector.unregister(key.fileobj)
                self._take(*key.data)
        for worker in self._workers:
            worker.result()

    def _post_next(self) -> None:
        """Post to whoever is next, and wait for no answer."""
        for connection in self._waiting:
            if time.monotonic() > self._until:
                return
            try:
                kept = self._api.ask(self._api.path_to(connection), self._body)
            except NO_ANSWER as error:
                self.outcomes[connection] = _failure(error)
                continue
            if kept:
                limit = time.monotonic() + self._api.READ_TIMEOUT
                self._selector.register(kept.sock, EVENT_READ, (connection, kept, limit))
            else:
                self._workers.append(pool().submit(self._work, connection))
            return

    def _take(self, connection: str, kept: Connection, limit: float) -> None:
        """Take an answer that has begun to come, or whose time is over; then it is somebody else's turn.

        What went over a connection that has ended is posted again, by a worker, who has the turn.
        """
        try:
            answer = self._api.answer(kept, max(NO_TIME, limit - time.monotonic()))
        except NO_ANSWER as error:
            self.outcomes[connection] = _failure(error)
            if isinstance(error, ENDED):
                self._workers.append(pool().submit(self._work, connection))
                return
        else:
            self.outcomes[connection] = _outcome(*answer)
        self._post_next()

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
