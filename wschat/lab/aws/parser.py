"""botocore's parsers, held to what they parse by: what an answer has in another form becomes `Unknown`.

botocore takes a string for granted, leaves other types as they are, and fails as a whole where it has to
convert one. Here each value is of its type in the service's model, or `Unknown`;
`wschat.lab.attributes.answers` says how to read them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.model import Shape
from botocore.parsers import PROTOCOL_PARSERS, ResponseParser, ResponseParserError, ResponseParserFactory

from wschat.lab.attributes.answers import MISSING, Answer, unknown

if TYPE_CHECKING:
    import boto3

BAD = (AttributeError, LookupError, OverflowError, RuntimeError, TypeError, ValueError)
"""What parsing raises of a form that was not expected."""
JSON = (str, int, float, list, dict)
CONTAINERS: dict[str, type] = {"structure": dict, "map": dict, "list": list}
TYPES: dict[str, type | tuple[type, ...]] = {
    **CONTAINERS,
    **dict.fromkeys(("integer", "long"), int),
    **dict.fromkeys(("float", "double"), (int, float)),
    "string": str,
    "boolean": bool,
    "timestamp": datetime,
}


def read_tolerantly(session: "boto3.Session") -> None:
    """Let the clients that a session makes from now on read answers of any form."""
    session._session.register_component("response_parser_factory", _Factory())  # noqa: SLF001  boto3 has no way


class _Factory(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> ResponseParser:
        parser: Any = PROTOCOL_PARSERS[protocol_name]
        tolerant: type[ResponseParser] = type(f"Tolerant{parser.__name__}", (_Tolerant, parser), {})
        return tolerant()


class _Tolerant(ResponseParser):
    """Comes before a protocol's parser, which calls `_parse_shape` for each value inside another."""

    def parse(self, response: Mapping[str, Any], shape: Shape) -> Any:  # noqa: ANN401
        try:
            found: Any = super().parse(response, shape)
            parsed = Answer(found)
        except BAD as error:
            raise ResponseParserError(f"no answer of AWS: {error}") from error
        if "Error" in parsed:  # botocore looks its class up by its code
            parsed["Error"] = {key: str(value or "") for key, value in parsed["Error"].items()}
        return parsed

    def _parse_shape(self, shape: Shape, node: Any) -> Any:  # noqa: ANN401
        kind = shape.type_name
        if isinstance(node, JSON) and not _may_be(node, kind):
            return unknown(node)
        if kind in {"integer", "long"} and isinstance(node, str):
            node = int(node) if node.lstrip("-").isdecimal() else node
        try:
            value: Any = super()._parse_shape(shape, node)  # type: ignore[misc]
        except BAD:
            return unknown(getattr(node, "text", node))
        if not _fits(value, kind):
            return MISSING if value is None else unknown(value)
        if kind == "list":
            return [MISSING if each is None else each for each in value]
        return Answer(value) if kind == "structure" else value


def _may_be(node: object, kind: str) -> bool:
    """Tell whether a value of JSON may be meant for a type: botocore reads anything as some boolean."""
    if isinstance(node, bool) or kind == "boolean":
        return kind == "boolean" and (isinstance(node, bool) or node in ("true", "false"))
    return isinstance(node, CONTAINERS.get(kind, object))


def _fits(value: object, kind: str) -> bool:
    """Tell whether a value is of a type of the service's model; Python's booleans are numbers, too."""
    return isinstance(value, TYPES.get(kind, object)) and isinstance(value, bool) <= (kind == "boolean")
