"""The check that a lab works: connect, use its functions one by one."""

import asyncio
import secrets
from functools import partial
from typing import NamedTuple

from wschat.chat.machine.advice import FUNCTIONS, GATEWAY, Advice
from wschat.chat.network.connection import Session, Sign, open_session
from wschat.errors import AnswerError, ConnectError, LostError
from wschat.protocol import events as wire
from wschat.protocol.reader import GatewayError, Unknown, decode_event
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Request
from wschat.protocol.symptoms import Symptom
from wschat.retry import Failure
from wschat.text import safe

NAME_POLL = 0.2  # seconds until it is looked again whether a name is free
FRAME_SHOWN = 200  # characters
LATE_FRAMES = {"Forbidden", "Internal server error", "Too Many Requests"}
LATE_CODES = {ErrorCode.BUSY, ErrorCode.UNKNOWN_ACTION}
FORBIDDEN = 403
OPEN = "`wschat status` shows whether the API asks for signatures; until it does, whoever has the URL gets in"
LOOK = GATEWAY["Internal server error"].hint
STEPS: dict[Action, tuple[type[wire.Event], ...]] = {
    Action.REGISTER: (wire.Signup,),
    Action.CREATE: (wire.MultiMessage, wire.SingleRoom),
    Action.JOIN: (wire.MultiMessage,),
    Action.MESSAGE: (wire.Ack, wire.ClientMessage),
    Action.LEAVE: (wire.Ack, wire.DeleteRoom),
}
"""The requests, in this order: each with its reply, and the events that its sender receives besides."""


class Timeouts(NamedTuple):
    """Seconds until a reply, and then until a post, has to have come."""

    reply: float = 30.0  # API Gateway itself gives up after 29
    post: float = 5.0  # a function posts before it replies, but the reply may overtake the post


PATIENT = Timeouts()


async def check(
    url: str, sign: Sign | None = None, timeouts: Timeouts = PATIENT, questions: int = 1
) -> tuple[Action, ...]:
    """Register a name that nobody has, talk in a room of that name, leave, and hang up.

    With `questions` all but hanging up is done so many times on the connection. Another one takes the name
    then, which has to be free again: that is all one can see of Disconnect. Who signs is also refused
    without a signature. Others who are connected see the room come and go. When something fails, it is left
    all the same.

    Returns what could not be tried: nothing, or all that needs a room, in a lab that has no place for one.

    Raises:
        ConnectError, AccessError, LostError: there is no connection, or it got lost.
        AnswerError: the answer was another one than it should be; or it, or a post, did not come in time.
    """
    name, untried = f"wschat-check-{secrets.token_hex(4)}", tuple[Action, ...]()
    ask = partial(step, value=name, timeouts=timeouts)
    if sign:
        await _check_refusal(url)
    async with open_session(url, sign=sign) as session:
        try:
            for action in tuple(STEPS) * questions:
                await ask(session, action)
        except AnswerError as error:
            if (error.where, error.code) != (Action.CREATE, ErrorCode.FULL):
                await session.send(Request(Action.LEAVE))
                raise
            untried = tuple(STEPS)[1:]
    async with open_session(url, sign=sign) as session:
        for _ in range(1 + int(timeouts.post / NAME_POLL)):
            try:
                await ask(session, Action.REGISTER)
            except AnswerError as error:
                if error.code != ErrorCode.NAME_TAKEN:
                    raise
            else:
                return untried
            await asyncio.sleep(NAME_POLL)
    what = "the connection has closed, and its name is still taken"
    raise _failed("disconnect", what, Symptom.NAME_STAYS, late=True)


async def _check_refusal(url: str) -> None:
    """Check that nobody gets in who does not sign."""
    try:
        async with open_session(url):
            pass
    except ConnectError as error:
        if error.status == FORBIDDEN:
            return
        raise
    what = "it lets in who does not sign, as without AWS_IAM"
    raise _failed("$connect", what, Symptom.OPEN, OPEN, late=True)


async def step(session: Session, action: Action, value: str, timeouts: Timeouts = PATIENT) -> None:
    """Send a request with a value, and wait for all that its sender receives: a reply, and posts.

    Raises:
        AnswerError, LostError: as `check`.
    """
    request = Request(action, value, id=secrets.token_hex(8))
    reply, *posts = STEPS[action]
    awaited = {reply, *posts}
    await session.send(request)
    try:
        async with asyncio.timeout(timeouts.reply) as limit:
            async for frame in session.frames():
                kind = _event_type(frame, request)
                if kind is reply and reply in awaited:
                    limit.reschedule(asyncio.get_running_loop().time() + timeouts.post)
                awaited.discard(kind)
                if not awaited:
                    return
    except TimeoutError:
        silent = f"no answer within {timeouts.reply:.0f} s, as where a route response is not served yet"
        unheard = "it was answered, but nothing was posted: the function may not be allowed to yet"
        what, symptom = (silent, Symptom.SILENT) if reply in awaited else (unheard, Symptom.NOT_HEARD)
        raise _failed(action, what, symptom, late=True) from None
    except LostError as lost:
        lost.where = f"{action}, at {lost.where}"
        raise


def _event_type(frame: str, request: Request) -> type[wire.Event]:
    """Return the type of the event in a frame that a request brought about; `Event` of any other.

    Raises:
        AnswerError: it refuses the request.
    """
    step = request.action
    match event := decode_event(frame):
        case GatewayError(message):
            other = Advice("API Gateway refused it", LOOK, Symptom.UNREADABLE)
            what, hint, symptom = GATEWAY.get(message, other)
            raise _failed(step, f"{message}: {what}", symptom, hint, late=message in LATE_FRAMES)
        case wire.Error(code, message):
            unknown = code == ErrorCode.UNKNOWN_ACTION
            symptom = Symptom.UNKNOWN_ACTION if unknown else Symptom.REFUSED_REQUEST
            raise _failed(step, f"{message} ({code})", symptom, code=code, late=code in LATE_CODES)
        case Unknown(frame):
            what = f"the server sent something else: {frame[:FRAME_SHOWN]}"
            late = "AccessDenied" in frame  # on AWS: Internal server error
            raise _failed(step, what, Symptom.UNREADABLE, late=late)
        case wire.SingleRoom(request.value) | wire.DeleteRoom(request.value):
            return type(event)
    return type(event) if getattr(event, "id", None) == request.id else wire.Event


def _failed(
    step: str, what: str, symptom: Symptom | None, hint: str = LOOK, *, code: str = "", late: bool = False
) -> AnswerError:
    hint = hint.format(function=FUNCTIONS.get(step, "Disconnect"))
    failure = Failure.NOT_SERVED if late else Failure.PERMANENT
    return AnswerError(safe(what), where=step, hint=hint, symptom=symptom, code=code, failure=failure)
