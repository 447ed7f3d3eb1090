"""Errors and their answers, each in its service's own code, status and shape."""

import json
import re
from xml.sax.saxutils import escape

from tests.support.plane.wire import XML, Answer, Call

REQUEST_ID = "00000000-0000-4000-8000-000000000000"
TOO_FAST = "The rate of control plane requests made by this account is too high"
THROTTLED = {
    "apigateway": (429, "TooManyRequestsException", "Too Many Requests"),
    "dynamodb": (400, "ThrottlingException", TOO_FAST),
    "iam": (400, "Throttling", "Rate exceeded"),
    "lambda": (429, "TooManyRequestsException", "Rate exceeded"),
    "logs": (400, "ThrottlingException", "Rate exceeded"),
    "sts": (400, "Throttling", "Rate exceeded"),
}
DENIED = {
    "apigateway": (403, "AccessDeniedException"),
    "dynamodb": (400, "AccessDeniedException"),
    "iam": (403, "AccessDenied"),
    "lambda": (403, "AccessDeniedException"),
    "logs": (400, "AccessDeniedException"),
    "sts": (403, "AccessDenied"),
}
MISSING = {
    "apigateway": (404, "NotFoundException", "Invalid API identifier specified 000000000000:{api}"),
    "dynamodb": (400, "ResourceNotFoundException", "Requested resource not found: Table: {name} not found"),
    "iam": (404, "NoSuchEntity", "The role with name {name} cannot be found."),
    "lambda": (404, "ResourceNotFoundException", "Function not found: arn:aws:lambda:{here}:function:{name}"),
    "logs": (400, "ResourceNotFoundException", "The specified log group does not exist."),
}
REWORDED = {
    "iam": (
        (rb"Role (\S+) not found\.", rb"The role with name \1 cannot be found."),
        (rb"Policy document is not valid JSON", rb"This policy contains invalid Json"),
    ),
    "logs": (
        (rb'(The specified log group does not exist): [^"]*', rb"\1."),
        (rb'(The specified log group already exists): [^"]*', rb"\1"),
    ),
}
"""What MiniStack says of errors, and what AWS does (recorded, us-east-1, 2026-09; LocalStack, 2026-02)."""


def error(service: str, status: int, code: str, message: str) -> Answer:
    """Return an error as the service writes it: XML, JSON 1.0 or 1.1, or REST with a header."""
    if service in XML:
        kind = "Sender" if status < 500 else "Receiver"
        body = (
            f'<ErrorResponse xmlns="{XML[service]}"><Error><Type>{kind}</Type><Code>{code}</Code>'
            f"<Message>{escape(message)}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
        )
        return Answer(status, {"Content-Type": "text/xml", "x-amzn-RequestId": REQUEST_ID}, body.encode())
    headers = {"x-amzn-RequestId": REQUEST_ID}
    if service == "dynamodb":
        content: dict[str, object] = {
            "__type": f"com.amazonaws.dynamodb.v20120810#{code}",
            "message": message,
        }
        headers["Content-Type"] = "application/x-amz-json-1.0"
    elif service == "logs":
        content = {"__type": code, "message": message}
        headers["Content-Type"] = "application/x-amz-json-1.1"
    else:
        content = {"Type": "User", "Message": message} if service == "lambda" else {"message": message}
        headers |= {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return Answer(status, headers, json.dumps(content).encode())


def throttled(service: str) -> Answer:
    return error(service, *THROTTLED[service])


def broken(service: str) -> Answer:
    return error(service, 500, "InternalFailure", "The request processing has failed")


def missing(call: Call) -> Answer:
    """Refuse a call about something that is not there."""
    status, code, text = MISSING[call.service]
    here = f"{call.region}:000000000000"
    return error(call.service, status, code, text.format(api=call.api, name=call.resource, here=here))


def reworded(service: str, answer: Answer) -> Answer:
    """Return an answer with errors in AWS's words."""
    body = answer.body
    for theirs, aws in REWORDED.get(service, ()) if not answer.ok else ():
        body = re.sub(theirs, aws, body)
    return answer if body == answer.body else answer.with_body(body)


def denied(service: str, user: str, action: str, resource: str, why: str) -> Answer:
    """Refuse in AWS's words; `user` is the caller's ARN."""
    text = f"User: {user} is not authorized to perform: {action} on resource: {resource} {why}"
    return error(service, *DENIED[service], text)
