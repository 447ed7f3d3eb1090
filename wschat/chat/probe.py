"""Find out whether a lab that was just provisioned works: connect, register, and be told so."""

import asyncio
import random
import secrets
import time
from collections.abc import Callable

from wschat.chat import loop
from wschat.chat.advice import FUNCTIONS, GATEWAY, Advice
from wschat.chat.render import safe
from wschat.chat.session import Session, Sign, open_session
from wschat.errors import AnswerError, ConnectError, WschatError
from wschat.protocol import Action, Error, ErrorCode, GatewayError, Request, Signup, Unknown, decode_event

REPLY_TIMEOUT = 30.0  # seconds; API Gateway itself gives up after 29
PATIENCE = 120.0  # seconds
PAUSE, LONGEST_PAUSE, GROWTH = 1.0, 5.0, 1.5  # between two tries: seconds at most, and how it grows
FRAME_SHOWN = 200  # characters
LATE_STATUS = {403, 429, 500, 502, 503}
"""What API Gateway says while a stage, a permission or a policy is not known everywhere, or it is busy."""
LATE_FRAMES = {"Forbidden", "Internal server error", "Too Many Requests"}
LOOK = GATEWAY["Internal server error"].hint

Waiting = Callable[[str, float], None]


async def probe(url: str, sign: Sign | None = None, *, reply_timeout: float = REPLY_TIMEOUT) -> None:
    """Register a name that nobody has, and leave again. Times are in seconds.

    Raises:
        ConnectError, AccessError, LostError: there is no connection, or it got lost.
        AnswerError: the answer was another one than it should be, or none came in time.
    """
    async with open_session(url, sign=sign) as session:
        request = Request(Action.REGISTER, f"check-{secrets.token_hex(8)}", id=secrets.token_hex(8))
        await session.send(request)
        try:
            async with asyncio.timeout(reply_timeout):
                await _signed_up(session, request)
        except TimeoutError:
            raise _failed(f"no answer within {reply_timeout:.0f} s") from None


async def _signed_up(session: Session, request: Request) -> None:
    async for frame in session.frames():
        match decode_event(frame):
            case Signup(id=request.id):
                return
            case GatewayError(message):
                advice = GATEWAY.get(message, Advice("API Gateway refused it", LOOK))
                what = f"{message}: {advice.what}"
                raise _failed(what, advice.hint, may_pass=message in LATE_FRAMES)
            case Error(code, message):
                raise _failed(f"{message} ({code})", may_pass=code == ErrorCode.BUSY)
            case Unknown(frame):
                what = f"the server sent something else: {frame[:FRAME_SHOWN]}"
                raise _failed(what, may_pass="AccessDenied" in frame)  # AWS: Internal server error


def _failed(what: str, hint: str = LOOK, *, may_pass: bool = False) -> AnswerError:
    hint = hint.format(function=FUNCTIONS[Action.REGISTER])
    return AnswerError(safe(what), where=Action.REGISTER, hint=hint, may_pass=may_pass)


def verify(
    url: str,
    sign: Sign | None,
    *,
    on_wait: Waiting,
    patience: float = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Probe until it works, or until what AWS takes its time for should long have passed.

    `on_wait` is told before each pause what is waited for, and for how many seconds already.

    Raises:
        WschatError: it does not work; the first one that waiting does not help, or the last one.
    """
    start, pause = clock(), PAUSE
    while True:
        try:
            loop.run(probe(url, sign))
            return
        except (ConnectError, AnswerError) as error:
            seconds = clock() - start
            if not _may_pass(error):
                raise
            if seconds >= patience:
                error.what += f"; still so after {seconds:.0f} s"
                error.hint = f"AWS may need longer: try `wschat chat` in a few minutes; else {error.hint}"
                raise
            on_wait(error.what, seconds)
        sleep(pause * random.uniform(0.75, 1))  # noqa: S311  jitter is no secret
        pause = min(pause * GROWTH, LONGEST_PAUSE)


def _may_pass(error: WschatError) -> bool:
    match error:
        case ConnectError():
            return error.unknown_host or error.status in LATE_STATUS
        case AnswerError():
            return error.may_pass
    return False
