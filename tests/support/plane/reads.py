"""Reads that lag behind writes: what they answered before is kept while it may still be seen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.support.plane.errors import missing
from tests.support.plane.scopes import born_by, seen_by, touched_by
from tests.support.plane.wire import Answer, Call

Fetch = Callable[[Call, bool], Answer]
"""Ask MiniStack what a read asks, as the caller or (if true) as root, for the whole list if it is one."""
Key = tuple[object, ...]


@dataclass
class Known:
    """A read that was asked: what it answers now, if that is known, and until when it answered what."""

    call: Call
    now: Answer | None = None
    before: list[tuple[float, Answer]] = field(default_factory=list)

    def at(self, time: float) -> Answer | None:
        """Return what it answered at a time; None if that is what it answers now."""
        return next((answer for until, answer in self.before if until > time), None)


class Reads:
    """Answers each read as of up to `lag` seconds ago, which a seeded chance decides for each."""

    def __init__(self, fetch: Fetch, lag: float, random: Random) -> None:
        self._fetch, self._lag, self._random = fetch, lag, random
        self._known: dict[str, dict[Key, Known]] = {}
        self._born: dict[str, float] = {}

    def answer(self, call: Call, now: float) -> Answer:
        """Answer a read of the whole list or thing."""
        path = seen_by(call)
        if path is None:
            return self._fetch(call, False)  # noqa: FBT003
        time = now - self._random.uniform(0, self._lag)
        known = self._of(call, path)
        if (past := known.at(time)) is not None:
            return past
        answer = self._fetch(call, False)  # noqa: FBT003
        if _tells(answer):
            known.now = answer
        return answer

    def truth(self, call: Call) -> Answer:
        """Return what a read answers now, of writes that went through here."""
        path = seen_by(call)
        assert path is not None
        known = self._of(call, path)
        if known.now is None:
            known.now = self._fetch(known.call, True)  # noqa: FBT003
        return known.now

    def before(self, call: Call) -> list[Known]:
        """Take note, before a write, of what the reads that it touches answer; return them."""
        touched = [known for path in self._paths(call) for known in self._known.get(path, {}).values()]
        for known in touched:
            if known.now is None:
                known.now = self._fetch(known.call, True)  # noqa: FBT003
        return touched

    def after(self, call: Call, touched: list[Known], now: float) -> None:
        """Let what these reads answered be the past: the write took effect."""
        if path := born_by(call):
            self.born(path, now)
        for known in touched:
            if known.now is not None:
                known.before = [past for past in known.before if past[0] > now - self._lag]
                known.before.append((now, known.now))
            known.now = None

    def born(self, path: str, now: float) -> None:
        """Let all that is asked about a thing for the first time not have been before now."""
        self._born[path] = now

    def starts_with(self, call: Call, answer: Answer) -> None:
        """Know a read before it was ever asked; it answers this now."""
        path = seen_by(call)
        assert path is not None
        self._of(call, path).now = answer

    def _of(self, call: Call, path: str) -> Known:
        key = (
            call.service,
            call.operation,
            call.region,
            *sorted((k, str(v)) for k, v in call.params.items()),
        )
        of_path = self._known.setdefault(path, {})
        if key not in of_path:
            of_path[key] = Known(call)
            if (birth := self._birth(path)) is not None:
                of_path[key].before = [(birth, missing(call.service, call.resource))]
        return of_path[key]

    def _birth(self, path: str) -> float | None:
        parts = path.split("/")
        above = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((self._born[each] for each in above if each in self._born), None)

    def _paths(self, call: Call) -> list[str]:
        found: list[str] = []
        for path in touched_by(call):
            if path.endswith("/"):
                found += [known for known in self._known if known.startswith(path)]
            else:
                found.append(path)
        return found


def _tells(answer: Answer) -> bool:
    """Tell what is or is not there from a refusal, which may be another's not to see."""
    return answer.ok or b"NotFound" in answer.body or b"NoSuchEntity" in answer.body
