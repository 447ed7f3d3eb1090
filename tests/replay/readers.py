"""The lab's readers, and its table of errors, on the answers that were recorded."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import boto3
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError
from botocore.model import ServiceModel
from botocore.parsers import ResponseParserFactory

from tests.replay.recorded import Line, body_of
from tests.support.models import LOADER
from tests.support.plane.clock import VirtualClock
from tests.support.plane.inside import session
from tests.support.plane.wire import Answer
from wschat.errors import WschatError
from wschat.lab.aws import KINDS
from wschat.lab.aws.cloud import EMULATOR_PACING, Cloud
from wschat.lab.aws.errors import classify, translated
from wschat.lab.blueprint import blueprint
from wschat.lab.inventory import Snapshot
from wschat.lab.model.actual import Observed
from wschat.lab.model.lab import AWS_IAM, Lab
from wschat.lab.model.resource import SERVICES, Key, canonical
from wschat.retry import Failure

REFUSED = 300
OTHERWISE = {"code", "deployment", "environment"}
"""Attributes that may differ: those of another version's code and routes, and what is replaced."""


NOT_RECORDED = "nobody asked this when it was recorded"
"""What is answered to other calls; to them AWS may refuse an answer too."""


class Recorded:
    """Answers boto3's clients with what was answered then: to each call the next answer to the same one."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.calls = [line for line in lines if line["kind"] == "call" and "status" in line]
        self._by_call: dict[tuple[str, str, str], list[Line]] = {}
        for call in self.calls:
            self._by_call.setdefault(_identity(call), []).append(call)
        self.used: list[Line] = []
        self.now = 0.0

    def client(self, service: str) -> Any:  # noqa: ANN401  as boto3 has it
        """Return a client of a service that asks nobody."""
        client: Any = cast("Any", _session()).client(service)
        parameters: dict[str, Any] = {}

        def keep(params: dict[str, Any], **_: object) -> None:
            parameters.update(given=params)

        def answer(model: Any, **_: object) -> tuple[Any, Any]:  # noqa: ANN401
            call = self._next((service, model.name, canonical(parameters["given"])))
            if call is None:
                refused = {"Error": {"Code": "AccessDeniedException", "Message": NOT_RECORDED}}
                return SimpleNamespace(status_code=HTTPStatus.FORBIDDEN, headers={}), refused
            return SimpleNamespace(status_code=call["status"], headers={}), parsed(call)

        client.meta.events.register("before-parameter-build", keep)
        client.meta.events.register("before-call", answer)
        return client

    def _next(self, identity: tuple[str, str, str]) -> Line | None:
        known = self._by_call.get(identity)
        if not known:
            return None
        later = (each for each in known if each["at"] >= self.now and each not in self.used)
        call = next(later, known[-1])
        self.now = call["at"]
        self.used.append(call)
        return call

    def readings(self, read: Callable[[], Iterable[Observed]]) -> Iterator[tuple[Observed, ...]]:
        """Yield what is read each time that it was read then."""
        self.now = 0.0
        while True:
            self.used.clear()
            yield tuple(read())
            if not self.used:
                return
            first = self.used[0]
            later = (each["at"] for each in self._by_call[_identity(first)] if each["at"] > self.now)
            if (at := next(later, None)) is None:
                return
            self.now = at


def _identity(call: Line) -> tuple[str, str, str]:
    return call["service"], call["operation"], canonical(call["parameters"])


@cache
def _session() -> boto3.Session:
    def nobody(_: object) -> Answer:
        raise AssertionError("each call is answered before it is sent")

    return session(nobody)


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(LOADER.load_service_model(service, "service-2"), service)


def parsed(call: Line) -> dict[str, Any]:
    """Return an answer as botocore parses it."""
    model = _model(call["service"])
    headers = cast("Any", HeadersDict)(call.get("headers", {}))
    response = {"status_code": call["status"], "headers": headers, "body": body_of(call)}
    shape = cast("Any", model.operation_model(call["operation"]).output_shape)
    found: dict[str, Any] = (
        ResponseParserFactory().create_parser(model.resolved_protocol).parse(response, shape)
    )
    return found


def _no_metrics() -> NoReturn:
    """No command that is recorded asks for metrics."""
    raise AssertionError


def read(lines: list[Line]) -> tuple[list[str], list[str]]:
    """Read each lab that was recorded; return what was read, and what differs from what should be."""
    recorded, told, differs = Recorded(lines), list[str](), list[str]()
    clients = {name: recorded.client(service) for name, service in SERVICES.items()}
    for lab in _labs(lines):
        cloud = Cloud(lab, **clients, make_metrics=_no_metrics, clock=VirtualClock(), pacing=EMULATOR_PACING)
        found, count = Snapshot(), 0
        for key in dict.fromkeys(each.read_key for each in blueprint(lab)):
            name = key[1] or (found.api_id if key[0] != "API" else "")
            if name is None:
                continue
            reader = partial(KINDS[key[0]].read, cloud, name)
            try:
                for observed in recorded.readings(reader):
                    count += 1
                    if observed:
                        found[key] = observed
            except Exception as error:  # noqa: BLE001  whatever it is, the reader could not take it
                if NOT_RECORDED not in str(error):
                    differs.append(f"{' '.join(key)}: {type(error).__name__}: {error}")
        told.append(f"lab {lab.prefix or '(no prefix)'}: {count} readings of {len(found)} resources")
        differs += _compare(lab, found)
    return told, differs


def _labs(lines: list[Line]) -> list[Lab]:
    known = [line for line in lines if line["kind"] == "lab"]
    fields = Lab.__dataclass_fields__.keys() - {"choices"}
    return list(dict.fromkeys(Lab(**{name: line[name] for name in fields if name in line}) for line in known))


def _compare(lab: Lab, found: Snapshot) -> Iterator[str]:
    signed = any(getattr(each.resource, "authorization", "") == AWS_IAM for each in found.everything)
    desired = blueprint(replace(lab, authorization=AWS_IAM) if signed else lab)
    actual = found.actual(desired)
    for wanted in desired:
        there = actual.resources.get(wanted.key)
        if there is None:
            if _was_read(found, wanted.read_key) and wanted.kind not in OTHERWISE:
                yield f"{' '.join(wanted.key)}: it was not found"
            continue
        for name, (should, is_) in wanted.differences(there).items():
            if name not in OTHERWISE:
                yield f"{' '.join(wanted.key)}: {name}: is {is_!r}, should be {should!r}"


def _was_read(found: Snapshot, key: Key) -> bool:
    return any(each.managed for each in found.get(key, ()))


def errors(lines: list[Line]) -> tuple[list[str], list[str]]:
    """Return each kind of error that was recorded, with its class, and those that have none."""
    told: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for call in Recorded(lines).calls:
        if call["status"] < REFUSED or call["service"] not in {*SERVICES.values(), "sts"}:
            continue
        try:
            error = ClientError(cast("Any", parsed(call)), call["operation"])
            code, failure = error.response["Error"].get("Code"), classify(error)
        except Exception as unlike:  # noqa: BLE001  whatever it is, botocore can't parse the answer
            unknown[f"{call['operation']}: {type(unlike).__name__}: {unlike}"] = None
            continue
        told[f"{call['operation']}: {code}: {failure.name}"] = None
        if failure is Failure.PERMANENT and not _has_a_hint(error):
            unknown[f"{call['operation']}: {code} {error.response['Error'].get('Message')}"] = None
    return list(told), list(unknown)


def _has_a_hint(error: ClientError) -> bool:
    """Tell whether people read more of an error than its code and text."""
    try:
        with translated("x"):
            raise error
    except WschatError as known:
        return f"({error.response['Error'].get('Code')}, {error.operation_name})" not in known.what
