"""Lists in pages of two, with each protocol's own names of tokens."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

from tests.support.plane.errors import error
from tests.support.plane.wire import REST, XML, Answer, Call, Request, model, token

ET.register_namespace("", XML["iam"])
NAMESPACE = f"{{{XML['iam']}}}"


@dataclass(frozen=True)
class Paging:
    """The names on the wire: of the list, of the token asked with and answered, and of the limit."""

    items: str
    asked: str
    answered: str
    limit: str


@cache
def paging(service: str, operation: str) -> Paging | None:
    """Return how a list is paged; None for what is no list. The source is botocore's model."""
    found = model(service, "paginators-1")["pagination"].get(operation)
    if found is None or not isinstance(found["result_key"], str):
        return None
    shapes, described = model(service)["shapes"], model(service)["operations"][operation]

    def wire(shape: str, name: str) -> str:
        return str(shapes[described[shape]["shape"]]["members"].get(name, {}).get("locationName", name))

    return Paging(
        items=wire("output", found["result_key"]),
        asked=wire("input", found["input_token"]),
        answered=wire("output", found["output_token"]),
        limit=wire("input", found.get("limit_key", "")),
    )


def first_page(call: Call) -> Call:
    """Return the same call for the whole list, which tells nothing of pages."""
    names = paging(call.service, call.operation)
    if names is None:
        return call
    params = {k: v for k, v in call.params.items() if k not in {names.asked, names.limit}}
    return replace(call, params=params, request=_with(call, params))


def _with(call: Call, params: dict[str, object]) -> Request:
    if call.service in REST:
        path = urlsplit(call.request.target).path
        query = {k: v for k, v in params.items() if k[0].isupper() or k in {"nextToken", "maxResults"}}
        return replace(call.request, target=f"{path}?{urlencode(query)}" if query else path)
    if call.service in XML:
        return replace(call.request, body=urlencode(params).encode())
    return replace(call.request, body=json.dumps(params).encode())


def whole(call: Call, ask: Callable[[Request], Answer]) -> Answer:
    """Return the whole list, through however many pages MiniStack has; `call` is for the first."""
    answer = ask(call.request)
    names = paging(call.service, call.operation)
    if names is None or not answer.ok or call.service in XML:
        return answer
    content = answer.json
    while following := content.pop(names.answered, None):
        more = ask(_with(call, {**call.params, names.asked: following})).json
        content[names.items] += more[names.items]
        content[names.answered] = more.get(names.answered)
    return answer.with_json(content)


class Pages:
    """Cuts lists into pages; the second and later ones are of the same moment as the first."""

    def __init__(self, size: int, random: Random) -> None:
        self._size, self._random = size, random
        self._rest: dict[str, tuple[Answer, int]] = {}

    def later(self, call: Call) -> Answer | None:
        """Answer a call with a token; None if it has none."""
        names = paging(call.service, call.operation)
        asked = names and call.params.get(names.asked)
        if not names or not asked or call.operation == "ListTables":
            return None
        if asked not in self._rest:
            return error(call.service, 400, "ValidationException", "Invalid token")
        return self._cut(call, names, *self._rest[asked])

    def first(self, call: Call, answer: Answer) -> Answer:
        """Return the first page of a whole list; what is no list as it is."""
        names = paging(call.service, call.operation)
        if names is None or not answer.ok:
            return answer
        if (after := call.params.get(names.asked)) and call.operation == "ListTables":
            found = [name for name in answer.json[names.items] if name > after]
            answer = answer.with_json({names.items: found})
        return self._cut(call, names, answer, 0)

    def _cut(self, call: Call, names: Paging, answer: Answer, start: int) -> Answer:
        end = start + self._size
        if call.service in XML:
            return self._cut_xml(names, answer, start)
        content = answer.json
        items = content[names.items]
        content[names.items] = items[start:end]
        if end < len(items):
            own = call.operation == "ListTables"
            content[names.answered] = items[end - 1] if own else self._token(answer, end)
        return answer.with_json(content)

    def _cut_xml(self, names: Paging, answer: Answer, start: int) -> Answer:
        end = start + self._size
        tree = ET.fromstring(answer.body.decode())  # noqa: S314  MiniStack's
        found = tree.find(f".//{NAMESPACE}{names.items}")
        truncated = tree.find(f".//{NAMESPACE}IsTruncated")
        if found is None or truncated is None:
            return answer
        members = list(found)
        for member in members[:start] + members[end:]:
            found.remove(member)
        if end < len(members):
            truncated.text = "true"
            ET.SubElement(tree[0], f"{NAMESPACE}{names.answered}").text = self._token(answer, end)
        return answer.with_body(ET.tostring(tree))

    def _token(self, answer: Answer, end: int) -> str:
        made = token(self._random.getrandbits(128))
        self._rest[made] = answer, end
        return made
