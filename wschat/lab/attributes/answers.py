"""What AWS answers, in whatever form: the unexpected ends nothing but the line that needs it.

Answers enter at one place, `wschat.lab.aws.parser`, which holds each value to the service's model. What is
not of the type that stands there is an `Unknown`, and so is what a reader takes from an answer by `[...]`
and is not there. So a reader takes what AWS always sends by `answer["Name"]`, what AWS may leave out by
`answer.get("Name")`, and what is inside a text by the functions here; it asks for no types, and catches
nothing. An attribute that is `Unknown` differs from what is wanted; a thing whose tag or id is, is neither
changed nor deleted (`wschat.lab.model.actual.Observed`).
"""

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import unquote


class Unknown(str):
    """Stands for what can't be read: the text of what is there instead.

    Whatever is looked for in it is itself, and it holds nothing but itself: so it equals no empty value.
    """

    __slots__ = ()

    def get(self, *_: object) -> Self:
        """Return itself, whatever is looked for."""
        return self

    def items(self) -> tuple[tuple[Self, Self]]:
        """Return itself, under itself."""
        return ((self, self),)

    def values(self) -> Iterator[Self]:
        """Return itself alone."""
        return iter((self,))

    def __getitem__(self, _: object) -> Self:
        return self

    def __iter__(self) -> Iterator[Self]:
        return iter((self,))

    def __contains__(self, _: object) -> bool:
        return False


MISSING = Unknown("nothing")
UNSEEN = Unknown()
"""Stands for what nobody may look at, and is false: an attribute that is this is taken as it should be."""
END_MS = 253_402_300_800_000


class Answer(dict[str, Any]):
    """An object of an answer; what is taken from it by `[...]` and is not there is `MISSING`."""

    __slots__ = ()

    def __missing__(self, _: str) -> Unknown:
        return MISSING


def unknown(value: object) -> Unknown:
    """Return what stands for a value that can't be read."""
    return Unknown(value if isinstance(value, str) else json.dumps(value, default=str))


def seconds(moment: object) -> float | None:
    """Return a time in seconds since 1970: it is one already, a date, or ISO 8601, by default in UTC.

    None if it can't be read.
    """
    try:
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        if isinstance(moment, datetime):
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        found = float(moment) if isinstance(moment, int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def milliseconds(*moments: object) -> int:
    """Return the first that is a time in milliseconds, from 1970 to the year 9999; 0 if none is."""
    return next((each for each in moments if isinstance(each, int) and 0 <= each < END_MS), 0)


def document(text: object) -> Any:  # noqa: ANN401  an `Answer`, or `Unknown`
    """Return the JSON object that a text has, percent-encoded or not; or that it is already."""
    if isinstance(text, Unknown):
        return text
    for each in (text, unquote(text)) if isinstance(text, str) else (json.dumps(text, default=str),):
        try:
            found = json.loads(each, object_hook=Answer)
        except (RecursionError, ValueError):
            continue
        if isinstance(found, Answer):
            return found
    return unknown(text)


def listed(value: object) -> list[Any]:
    """Return the objects of a list of a document, where one may stand alone; anything else is `Unknown`."""
    several = value if isinstance(value, list) else [value]
    return [each if isinstance(each, Answer) else unknown(each) for each in several]


def sorted_tags(tags: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401  as in JSON
    """Return tags as keys and values: they are a map, a list of keys and values, or nothing."""
    pairs = tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags or ()}
    return tuple(sorted(pairs.items()))
