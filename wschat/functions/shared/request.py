"""A request in, its reply out: the frame is decoded, and what is refused becomes an error event."""

from collections.abc import Callable

from wschat.functions.shared.dynamodb import Json
from wschat.functions.shared.invocation import Call, add_fields, invocation
from wschat.protocol.events import Error, Event
from wschat.protocol.refusals import Refused
from wschat.protocol.requests import Request, decode_request

__all__ = ["Call", "Request", "answer"]


def answer(event: Json, act: Callable[[Call, Request], Event]) -> Json:
    """Do what a MESSAGE event asks for; return what API Gateway sends back on the connection.

    `act` takes the call and the request, and returns the reply or raises `Refused`, which becomes an
    error event. The status is always 200: a client never sees it, since API Gateway sends the body whatever
    it is, and nothing else.
    """
    request, reply = Request(""), Event()
    with invocation(event) as call:
        try:
            request = decode_request(event.get("body") if call.connection else None)
            reply = act(call, request)
        except Refused as problem:
            reply = Error(problem.code, problem.message, id=request.id)
            add_fields(error=problem.code)
    return {"statusCode": 200, "body": reply.encode()}
