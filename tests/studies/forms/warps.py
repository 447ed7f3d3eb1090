"""Answers of AWS in forms that nobody expects: each field of each answer, in each of these forms."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

from tests.support.plane.wire import Answer, Call

Path = tuple[str, ...]
"""The names that lead to a field; `*` stands for each item of a list, or each key that somebody chose."""
GONE = object()
STRANGE = "\x1b[31mstrange\u202e"
TIMES: dict[str, Callable[[Any], Any]] = {
    "nanoseconds": lambda time: f"{_second(time)}.123456789+0000",
    "no zone": lambda time: f"{_second(time)}.123",
    "no time": lambda _: "the other day",
    "far away": lambda _: 10**18,
}


def _second(time: Any) -> str:  # noqa: ANN401  as it stands in JSON
    """Return a time in ISO 8601 without a zone, which would be UTC."""
    in_seconds = time / 1000 if isinstance(time, int) and time > 10**11 else time
    return (
        time[:19] if isinstance(time, str) else f"{datetime.fromtimestamp(in_seconds, UTC):%Y-%m-%dT%H:%M:%S}"
    )


def _statement(change: Callable[[dict[str, Any]], object]) -> Callable[[Any], Any]:
    """Return what changes a policy's statements, in the form that the policy has."""

    def changed(policy: Any) -> Any:  # noqa: ANN401
        document = json.loads(policy)
        document["Statement"] = change(document)
        return json.dumps(document)

    return changed


def _each(**more: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: [each | more for each in document["Statement"]]


POLICIES: dict[str, Callable[[Any], Any]] = {
    "percent-encoded": quote,
    "object": json.loads,
    "no JSON": lambda policy: policy[:-1],
    "one statement": _statement(lambda document: (document["Statement"] or [STRANGE])[0]),
    "no statement": _statement(lambda _: None),
    "strange statement": _statement(lambda _: [STRANGE, 7]),
    "actions": _statement(_each(Action=["x:A", "x:B"])),
    "anybody": _statement(_each(Principal="*")),
    "no id": _statement(_each(Sid=None)),
}


def _if(fits: Callable[[Any], bool], change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: change(value) if fits(value) else value


def _is_time(value: object) -> bool:
    if isinstance(value, str):
        return value[4:5] == value[7:8] == "-"
    return isinstance(value, float) or (isinstance(value, int) and value > 10**9)


def _is_policy(value: object) -> bool:
    return isinstance(value, str) and value.startswith("{") and "Statement" in value


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


FORMS: dict[str, Callable[[Any], Any]] = {
    "missing": lambda _: GONE,
    "null": lambda _: None,
    "text": lambda _: STRANGE,
    "number": lambda _: 7,
    "quoted": _if(_is_number, str),
    "truth": lambda value: not isinstance(value, bool) or value,
    "list": lambda value: [value],
    "empty list": lambda value: [] if value else value,
    "object": lambda value: {STRANGE: value},
    **{name: _if(_is_time, change) for name, change in TIMES.items()},
    **{f"policy: {name}": _if(_is_policy, change) for name, change in POLICIES.items()},
}
"""Each form, by its name: what becomes of a value; a value that stays as it is has no such form."""
OTHER: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1,
    float: lambda value: value + 1,
    str: lambda value: value[:-1] + chr(ord(value[-1:] or "a") ^ 1),
}
"""Another value in the form that is expected, by its type."""
STRUCTURES = ("missing", "empty", "text", "nested", "twice")
"""What becomes of an element of XML, whose texts have some of the forms, too."""


@dataclass(frozen=True)
class Warp:
    """One field of the answers to one operation, in one form; `form` is `other` for another value."""

    operation: str
    path: Path
    form: str

    def __str__(self) -> str:
        return f"{self.operation} {'.'.join(self.path)}: {self.form}"

    @property
    def empties(self) -> bool:
        """Whether it leaves nothing in a list, which AWS answers, too: where there is nothing."""
        return self.form == "empty list" or (self.form == "missing" and self.path[-1] in {"*", "member"})

    def __call__(self, call: Call, answer: Answer) -> Answer:
        """Return an answer in that form, if it is one of these."""
        if call.operation != self.operation or not answer.ok:
            return answer
        if answer.body.startswith(b"<"):
            return self._xml(answer)
        body = answer.json
        _at(body, self.path, self.changed)
        return answer.with_json(body)

    def changed(self, value: Any) -> Any:  # noqa: ANN401
        """Return a value in that form."""
        return (
            OTHER.get(type(value), lambda same: same)(value)
            if self.form == "other"
            else FORMS[self.form](value)
        )

    def _xml(self, answer: Answer) -> Answer:
        root = ET.fromstring(answer.body)  # noqa: S314  MiniStack's
        for parent, child in list(_elements(root, self.path)):
            if self.form == "missing":
                parent.remove(child)
            elif self.form == "twice":
                parent.append(child)
            elif self.form == "nested":
                ET.SubElement(child, "Strange").text = child.text
                child.text = None
            elif self.form == "other":
                child.text = OTHER[str](child.text or "")
            else:
                child.text = self._text(child.text or "")
        return answer.with_body(ET.tostring(root))

    def _text(self, text: str) -> str:
        """Return the text of an element in that form; a policy's is percent-encoded."""
        if self.form in {"empty", "text"}:
            return "strange" if self.form == "text" else ""
        found = FORMS[self.form](unquote(text))
        return found if isinstance(found, str) else json.dumps(found)


def warps(answers: Iterable[tuple[Call, Answer]]) -> list[Warp]:
    """Return all forms of all fields in answers, each once."""
    found = dict[Warp, None]()
    for call, answer in answers:
        for path, value, forms in _fields(answer):
            others = [form for form, change in FORMS.items() if form in forms and change(value) != value]
            found |= dict.fromkeys(
                Warp(call.operation, path, form) for form in (*sorted(forms - FORMS.keys()), *others)
            )
    return list(found)


def _fields(answer: Answer) -> Iterator[tuple[Path, Any, set[str]]]:
    """Yield the path of each field, its value, and the forms that may be tried."""
    if answer.body.startswith(b"<"):
        elements = _xml_paths(ET.fromstring(answer.body))  # noqa: S314
        in_texts = {form for form in FORMS if form.startswith("policy")} | {"no zone", "no time"}
        yield from ((path, unquote(text), {*STRUCTURES, *in_texts}) for path, text in elements)
    else:
        yield from ((path, value, {*FORMS}) for path, value in _paths(answer.json))


def _paths(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:  # noqa: ANN401
    if at:
        yield at, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*at, key))
    elif isinstance(value, list):
        for inner in value[:1]:
            yield from _paths(inner, (*at, "*"))


def _at(value: Any, path: Path, change: Callable[[Any], Any]) -> None:  # noqa: ANN401
    """Change what a path leads to, in place."""
    key, *rest = path
    keys: list[Any] = list(range(len(value))) if isinstance(value, list) else [key] if key in value else []
    for each in reversed(keys):
        if rest:
            _at(value[each], tuple(rest), change)
        elif (changed := change(value[each])) is GONE:
            del value[each]
        else:
            value[each] = changed


def _xml_paths(root: ET.Element, at: Path = ()) -> Iterator[tuple[Path, str]]:
    for child in root:
        path = (*at, child.tag.rpartition("}")[2])
        yield path, child.text or ""
        yield from _xml_paths(child, path)


def _elements(root: ET.Element, path: Path) -> Iterator[tuple[ET.Element, ET.Element]]:
    for child in root:
        if child.tag.rpartition("}")[2] == path[0]:
            if path[1:]:
                yield from _elements(child, path[1:])
            else:
                yield root, child
