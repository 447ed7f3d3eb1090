"""The conversation: what people say, in order and once, and who comes and goes."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from wschat.chat.requests import Step
from wschat.chat.state import ChatState
from wschat.chat.vocabulary import Alarm, Effect, Moved, Said, SetAlarm, Show
from wschat.protocol import events as wire
from wschat.protocol.events import Entry
from wschat.protocol.names import LOG_LENGTH, fold

SEEN_LENGTH = 2 * LOG_LENGTH
SPEAKERS = 50
HOLD = 0.3  # seconds that a message waits for one before it
GATHER = 2.0  # seconds in which joins and leaves become one line


@lru_cache(maxsize=8)
def _calls(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)


def say(state: ChatState, entries: Iterable[Entry], *, room: str, missed: bool = False) -> Step:
    """Show what has not been shown yet, by seq."""
    said: list[Effect] = []
    for entry in sorted(entries, key=lambda entry: entry.seq):
        who = (fold(entry.user), entry.id or "")
        if (entry.seq and entry.seq in state.seen) or (entry.id and who in state.seen_ids):
            continue
        mine = entry.user == state.name
        state, before = notices(state, of=entry.user)
        said.extend(before)
        mention = not mine and bool(state.name and _calls(state.name).search(entry.content))
        item = Said(entry, room, mine=mine, mention=mention, missed=missed and not mine)
        said.append(Show(item))
        state = replace(
            state,
            seen=(*state.seen, entry.seq)[-SEEN_LENGTH:] if entry.seq else state.seen,
            seen_ids=(*state.seen_ids, who)[-SEEN_LENGTH:] if entry.id else state.seen_ids,
            last_seq=max(state.last_seq, entry.seq),
            speakers=state.speakers if mine else _spoke(state.speakers, entry.user),
        )
        waiting = state.waiting
        if mine and waiting and waiting.request.id == entry.id:
            state = replace(state, waiting=replace(waiting, heard=True))
    return state, tuple(said)


def _spoke(speakers: tuple[str, ...], user: str) -> tuple[str, ...]:
    if speakers[:1] == (user,):
        return speakers
    return (user, *(other for other in speakers if other != user))[:SPEAKERS]


def notices(state: ChatState, of: str | None = None) -> Step:
    """Show the joins and leaves that are gathered; with `of`, only if that person is among them."""
    people = state.gathered
    if not people or (of is not None and not any(user == of for user, _ in people)):
        return state, ()
    return replace(state, gathered=()), (Show(Moved(state.room or "", people)),)


def flush(state: ChatState) -> Step:
    """Show all that waits to be shown."""
    state, said = say(replace(state, held=()), state.held, room=state.room or "")
    state, gathered = notices(state)
    return state, (*said, *gathered)


def rang(state: ChatState, alarm: Alarm) -> Step:
    """Show what has been gathered or held for long enough."""
    if alarm is Alarm.HELD:
        held = state.held
        return say(replace(state, held=()), held, room=state.room or "")
    state, shown = notices(state)
    if not shown:
        return replace(state, gathered=None), ()
    return state, (*shown, SetAlarm(Alarm.NOTICES, GATHER))


def moved(state: ChatState, user: str, *, joined: bool) -> Step:
    """Show that somebody joined or left; of a burst only the first at once, the others in one line."""
    others = tuple(other for other in state.users if other != user)
    state = replace(state, users=(*others, user) if joined else others)
    if state.gathered is not None:
        return replace(state, gathered=(*state.gathered, (user, joined))), ()
    shown = Show(Moved(state.room or "", ((user, joined),)))
    return replace(state, gathered=()), (shown, SetAlarm(Alarm.NOTICES, GATHER))


def message(state: ChatState, said: wire.ClientMessage) -> Step:
    """Show a message, unless it waits for the reply that puts us in its room, or for one before it."""
    entry = Entry(said.user, said.message, said.seq, said.time, said.id)
    state = replace(state, stirred=True)
    mine_here = state.room is not None and (not said.room or state.is_in(said.room))
    if (mine_here and state.restoring) or (not mine_here and state.is_entering(said.room)):
        return replace(state, early=(*state.early, entry)[-SEEN_LENGTH:]), ()
    if not mine_here:
        return state, ()
    if entry.seq > state.last_seq + 1 and state.last_seq and len(state.held) < LOG_LENGTH:
        alarm = () if state.held else (SetAlarm(Alarm.HELD, HOLD),)
        return replace(state, held=(*state.held, entry)), alarm
    room = state.room or ""
    state, effects = say(state, (entry,), room=room)
    while state.held and (due := [held for held in state.held if held.seq <= state.last_seq + 1]):
        state = replace(state, held=tuple(held for held in state.held if held not in due))
        state, more = say(state, due, room=room)
        effects += more
    return state, effects
