"""Reads that lag behind writes: what they answered before is kept while it may still be seen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from tests.support.plane.errors import missing
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
        self._known: dict[Key, Known] = {}
        self._born: dict[tuple[str, str], float] = {}

    def answer(self, call: Call, now: float) -> Answer:
        """Answer a read of the whole list or thing."""
        time = now - self._random.uniform(0, self._lag)
        known = self._of(call)
        if (past := known.at(time)) is not None:
            return past
        answer = self._fetch(call, False)  # noqa: FBT003
        if _tells(answer):
            known.now = answer
        return answer

    def truth(self, call: Call) -> Answer:
        """Return what a read answers now, of writes that went through here."""
        return self._now(self._of(call))

    def before(self, call: Call) -> list[tuple[Known, Answer]]:
        """Return the reads that a write may change, each with what it answers before that."""
        return [(known, self._now(known)) for known in self._known.values() if _may_change(call, known.call)]

    def after(self, call: Call, before: list[tuple[Known, Answer]], now: float) -> None:
        """Let what these reads answered be the past: the write took effect."""
        if call.operation.startswith("Create") and call.service != "apigateway":  # which chooses the ids
            self.born(call.service, call.about, now)
        for known, answer in before:
            known.before = [past for past in known.before if past[0] > now - self._lag]
            known.before.append((now, answer))
            known.now = None

    def born(self, service: str, path: str, now: float) -> None:
        """Let all that is asked about a thing for the first time not have been before now."""
        self._born[service, path] = now

    def starts_with(self, call: Call, answer: Answer) -> None:
        """Know a read before it was ever asked; it answers this now."""
        self._of(call).now = answer

    def _now(self, known: Known) -> Answer:
        if known.now is None:
            known.now = self._fetch(known.call, True)  # noqa: FBT003
        return known.now

    def _of(self, call: Call) -> Known:
        params = sorted((k, str(v)) for k, v in call.params.items())
        key = (call.service, call.operation, call.region, *params)
        if key not in self._known:
            births = (self._born.get((call.service, path)) for path in _paths(call))
            absent = missing(call)
            past = [(birth, absent) for birth in births if birth is not None]
            self._known[key] = Known(call, before=past[:1])
        return self._known[key]


def _may_change(write: Call, read: Call) -> bool:
    """Tell whether a write is about what a read looks at, about all of it, or about a part."""
    changed, seen = write.about, read.about
    has_parts = not write.operation.startswith("Create")
    found = changed.startswith(seen) or (has_parts and seen.startswith(changed))
    return found and write.service == read.service


def _paths(read: Call) -> Iterator[str]:
    """Yield the paths of what a read is about, and of all that this is a part of."""
    path = f"{read.about}/{read.params.get('PolicyName', '')}".rstrip("/")
    while path and read.operation != "DescribeLogGroups":  # which names a prefix
        yield path
        path = path.rpartition("/")[0]


def _tells(answer: Answer) -> bool:
    """Tell what is or is not there from a refusal, which may be another's not to see."""
    return answer.ok or b"NotFound" in answer.body or b"NoSuchEntity" in answer.body
