"""Errors and their answers, each in its service's own code, status and shape."""

import json
from xml.sax.saxutils import escape

from tests.support.plane.wire import Answer

XML = {"iam": "https://iam.amazonaws.com/doc/2010-05-08/", "sts": "https://sts.amazonaws.com/doc/2011-06-15/"}
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
    "apigateway": (404, "NotFoundException", "Invalid identifier specified: {}"),
    "dynamodb": (400, "ResourceNotFoundException", "Requested resource not found: {}"),
    "iam": (404, "NoSuchEntity", "{} cannot be found."),
    "lambda": (404, "ResourceNotFoundException", "The resource you requested does not exist: {}"),
    "logs": (400, "ResourceNotFoundException", "The specified log group does not exist: {}"),
}


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


def missing(service: str, name: str) -> Answer:
    status, code, message = MISSING[service]
    return error(service, status, code, message.format(name))


def denied(service: str, user: str, action: str, resource: str, *, explicit: bool = False) -> Answer:
    """Refuse in AWS's words; `user` is the caller's ARN."""
    why = (
        "with an explicit deny in an identity-based policy"
        if explicit
        else f"because no identity-based policy allows the {action} action"
    )
    text = f"User: {user} is not authorized to perform: {action} on resource: {resource} {why}"
    return error(service, *DENIED[service], text)
