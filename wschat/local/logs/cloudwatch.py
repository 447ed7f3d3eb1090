"""Writes what API Gateway logs where CloudWatch Logs is read, in the account and region of the API."""

import logging
import secrets
from collections.abc import Iterable
from http import HTTPStatus

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services.cloudwatch_logs import _create_log_group, _create_log_stream, _put_log_events

from wschat.local.gateway.model import Json, Stage
from wschat.local.logs.access import Call, row, told_of, told_of_call
from wschat.local.logs.execution import Execution, Line, lines

GROUP = "/aws/apigateway/{api}/{stage}"
"""The group of a WebSocket API's execution log (recorded, us-east-1, 2026-09); a REST API's is another."""
log = logging.getLogger("wschat.gateway")


def write(done: Execution) -> None:
    """Write what a stage's settings ask for of a request."""
    stage = done.stage
    set_request_account_id(stage.account)
    set_request_region(stage.region)
    if told := lines(done):
        group = GROUP.format(api=stage.api, stage=stage.name)
        _create_log_group({"logGroupName": group})  # there may be one
        _put(group, told)
    if stage.description.get("accessLogSettings"):
        _put_row(stage, done.ended, told_of(done))


def write_call(call: Call) -> None:
    """Write what the access log of a stage, which has one, asks for of a call to the management API."""
    set_request_account_id(call.stage.account)
    set_request_region(call.stage.region)
    _put_row(call.stage, call.ended, told_of_call(call))


def _put_row(stage: Stage, at: float, told: Json) -> None:
    asked = stage.description["accessLogSettings"]
    _, is_group, group = asked.get("destinationArn", "").partition(":log-group:")
    if is_group and asked.get("format"):
        _put(group.removesuffix(":*"), [Line(int(at * 1000), row(told, asked["format"]))])


def _put(group: str, told: Iterable[Line]) -> None:
    """Write lines to a stream of their own; a group that is not there is nobody's."""
    at = {"logGroupName": group, "logStreamName": secrets.token_hex(16)}
    events = [{"timestamp": line.time, "message": line.text} for line in told]
    status, *_ = _create_log_stream(at)
    if status != HTTPStatus.OK:
        log.warning("there is no log group %s", group)
        return
    _put_log_events({**at, "logEvents": events})
