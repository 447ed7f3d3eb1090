"""The interface for a terminal: the chat's items as lines above an input line, its state in the toolbar."""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from wschat.chat.machine.commands import BY_NAME, candidates, mentions
from wschat.chat.machine.effects import Item, Message, Notice, Unsent
from wschat.chat.machine.state import ChatState
from wschat.chat.machine.update import Event, LineEntered
from wschat.chat.settings import Settings
from wschat.chat.ui.ansi import colours, to_ansi
from wschat.chat.ui.names import Names, safe_name
from wschat.chat.ui.prompt import Prompt
from wschat.chat.ui.rendering import pending, render, toolbar
from wschat.chat.ui.transcript import local_time
from wschat.protocol.events import ClientMessage
from wschat.text import safe

NOTIFIED = 200  # characters
KEPT = 200  # items, to be shown again when the terminal is resized


class TerminalUI(Completer):
    """A prompt, what is printed above it, and what completes what is typed into it."""

    def __init__(self, prompt: Prompt, settings: Settings) -> None:
        self._prompt = prompt
        self._format_time = partial(local_time, form=settings.time)
        self._settings = settings
        self._to_ansi = partial(to_ansi, colours=colours(), links=settings.links)
        self._state = ChatState("", "")
        self._names = Names()
        self._shown: deque[Item] = deque(maxlen=KEPT)
        prompt.pending = lambda: pending(self._state, prompt.columns)
        prompt.bottom_toolbar = lambda: toolbar(self._state, self._names)
        prompt.completer = self
        prompt.redraw = self._redraw
        self.drain_input = prompt.drain_input

    async def read(self, enter: Callable[[Event], None]) -> None:
        """Give each line that is entered to `enter`, until this is cancelled or the terminal is gone."""
        await self._prompt.read(lambda line: enter(LineEntered(line)))

    def show(self, item: Item) -> None:
        """Print an item above the input line."""
        text = self._rendered(item)
        if text:
            self._shown.append(item)
        if isinstance(item, Message) and item.rings:
            text += self._ring(item.event)
        self._prompt.print(text)

    def _rendered(self, item: Item) -> str:
        width = self._prompt.columns
        lines = render(item, self._format_time, self._names)
        return "".join(self._to_ansi(line, width) for line in lines)

    def _redraw(self, rows: int) -> str:
        """Return the last items, as many as fill so many rows: painting all of a long chat takes a while."""
        rendered: list[str] = []
        for item in reversed(self._shown):
            rendered.append(self._rendered(item))
            rows -= rendered[-1].count("\n")
            if rows <= 0:
                break
        return "".join(reversed(rendered))

    def _ring(self, message: ClientMessage) -> str:
        who = self._names.shown(message.user).replace(";", ",")
        what = safe(message.message)[:NOTIFIED].replace(";", ",")
        notification = f"\x1b]9;{who}: {what}\x07" if self._settings.notify == "osc9" else ""
        return ("\a" if self._settings.bell else "") + notification

    def restore(self, unsent: Unsent) -> None:
        """Put a line back into the input line; if that is in use, show it and say where it is."""
        self._prompt.restore(unsent.line, lambda: self._set_aside(unsent))

    def _set_aside(self, unsent: Unsent) -> None:
        self.show(unsent)
        self.show(Notice("Up brings it back"))

    def follow(self, state: ChatState) -> None:
        """Show the state in the toolbar, tell its names apart, and complete from it."""
        self._state = state
        self._names.follow(state)
        self._prompt.app.invalidate()

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterator[Completion]:
        """Yield commands, rooms and people, but for names that are not as they look: they are typed as is."""
        before, room = document.text_before_cursor, self._state.room
        known = dict.fromkeys((*room.speakers, *room.members)) if room else ()  # who spoke last first
        people = [name for name in known if room and name in room.members and name != room.me]
        rooms = [room for room in self._state.rooms.values() if safe_name(room) == room]
        here, ignored = ([*filter(self._is_plain, names)] for names in (people, self._state.ignored.values()))
        for line in candidates(before, {"join": rooms, "ignore": here, "unignore": ignored}):
            word, _, argument = line[1:].partition(" ")
            meta = "" if argument else BY_NAME[word].help
            yield Completion(line, -len(before), display=argument or line, display_meta=meta)
        for name, length in mentions(before, here):
            yield Completion(name, -length)

    def _is_plain(self, name: str) -> bool:
        return self._names.shown(name) == name
