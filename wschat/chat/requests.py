"""The requests of the chat: asked for in a line, sent one at a time, answered, refused.

One request is sent at a time: API Gateway runs the frames of one connection concurrently, so only the
reply to one tells that the next may go.
"""

from dataclasses import replace

from wschat.chat.advice import LOCAL_REFUSALS, REFUSAL_HINTS, Advice
from wschat.chat.state import Asked, ChatState
from wschat.chat.vocabulary import Done, Effect, Failure, GiveBack, Notice, Quit, Send, Show, Unsent
from wschat.protocol import names
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Action, Request

Step = tuple[ChatState, tuple[Effect, ...]]


def tell(text: str) -> Show:
    """Show a notice."""
    return Show(Notice(text))


def ask(
    state: ChatState,
    action: Action,
    value: str,
    *,
    line: str = "",
    tag: str | None = None,
    first: bool = False,
    after: int | None = None,
) -> Step:
    """Put a request at the end of what waits, or before all of it; refuse what the server would."""
    request = Request(action, value, id=f"{state.client_id}-{state.requests}", after=after)
    try:
        request = replace(request, value=_checked(action, value))
    except Refused as refused:
        return rejected(state, Asked(request, line, tag), Advice(refused.message), refused.code)
    if action is Action.REGISTER:
        request = replace(request, token=state.token)
    asked = Asked(request, line, tag)
    queue = (asked, *state.queue) if first else (*state.queue, asked)
    return replace(state, queue=queue, requests=state.requests + 1), ()


def _checked(action: Action, value: str) -> str:
    """Return the value as the server will take it; raises Refused with the server's own words."""
    match action:
        case Action.REGISTER:
            return names.clean_name(value)
        case Action.CREATE | Action.JOIN:
            return names.clean_name(value, "room's name")
        case Action.MESSAGE:
            return names.clean_message(value)
    return value


def proceed(state: ChatState) -> Step:
    """Send the next request if none is in flight; quit if that is wanted and nothing waits."""
    effects: list[Effect] = []
    while state.queue and state.waiting is None and state.link is not None:
        asked, *rest = state.queue
        state = replace(state, queue=tuple(rest))
        lacking = _lacking(state, asked.request)
        if lacking is None:
            state = replace(state, waiting=asked)
            effects.append(Send(asked.request))
        else:
            advice = Advice(LOCAL_REFUSALS[lacking], REFUSAL_HINTS[lacking])
            state, told = rejected(state, asked, advice, lacking)
            effects.extend(told)
    if state.quitting and not state.pending:
        effects.append(Quit())
    return state, tuple(effects)


def _lacking(state: ChatState, request: Request) -> ErrorCode | None:
    if request.action != Action.REGISTER and state.name is None:
        return ErrorCode.NOT_REGISTERED
    if request.action in {Action.MESSAGE, Action.LEAVE} and state.room is None:
        return ErrorCode.NOT_IN_A_ROOM
    return None


def rejected(state: ChatState, asked: Asked, advice: Advice, code: str = "") -> Step:
    """Tell that a request failed; a message's text goes back to where it was typed."""
    told = Show(Failure(asked.label, *advice, code=code, tag=asked.tag))
    back = GiveBack(Unsent(asked.line, asked.doubtful))
    is_text = asked.request.action == Action.MESSAGE
    return replace(state, refused=True), (told, back) if is_text else (told,)


def failed(state: ChatState, advice: Advice, code: str = "") -> Step:
    """Tell that the request that waits failed, or that something did; a message that was heard did not."""
    asked = state.waiting
    if asked is None:
        return state, (Show(Failure("", *advice, code=code)),)
    state = replace(state, waiting=None, early=())
    if asked.heard:
        return delivered(state, asked)
    return rejected(state, replace(asked, doubtful=True), advice, code)


def delivered(state: ChatState, asked: Asked, seq: int | None = None, time: int | None = None) -> Step:
    """Tell that a message arrived."""
    return state, (Show(Done(asked.request.action, state.room or "", asked.tag, seq, time)),)
