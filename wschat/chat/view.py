"""The view for a terminal: an input line at the bottom, the conversation above it in the normal screen."""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from wschat.chat.commands import BY_NAME, candidates, mentions
from wschat.chat.keys import Typing, bindings
from wschat.chat.paint import paint, palette
from wschat.chat.render import Clock, lines, pending, safe, safe_name, toolbar
from wschat.chat.settings import Settings
from wschat.chat.state import ChatState
from wschat.chat.vocabulary import Entered, Event, Item, Said, Unsent

FRAME = 0.02  # seconds between two prints: a burst is not printed line by line
PENDING_WIDTH = 200  # characters
NOTIFIED = 200  # characters
FOCUS_ON, FOCUS_OFF = "\x1b[?1004h", "\x1b[?1004l"


@contextmanager
def terminal_view(
    history: Path,
    clock: Clock,
    settings: Settings,
    keyboard: Input | None = None,
    screen: Output | None = None,
) -> Iterator["TerminalView"]:
    """Return a view on this terminal, or on the given keyboard and screen."""
    with create_app_session(input=keyboard, output=screen):
        yield TerminalView(history, clock, settings)


class TerminalView:
    """One prompt for the whole chat. What is shown meanwhile is printed above it."""

    def __init__(self, history: Path, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._palette = palette(links=settings.links)
        self._state: ChatState | None = None
        self._typing = Typing()
        self._unprinted: list[str] = []
        self._print_due = asyncio.Event()
        self._session: PromptSession[str] = PromptSession(
            self._prompt,
            multiline=True,
            prompt_continuation="  ",
            history=_history(history),
            completer=_Completer(self),
            reserve_space_for_menu=len(BY_NAME) + 1,  # all of them, under the input line
            complete_while_typing=Condition(lambda: self.draft.startswith("/")),
            bottom_toolbar=lambda: toolbar(self._state) if self._state else "",
            erase_when_done=True,
            enable_suspend=True,
        )

    @property
    def draft(self) -> str:
        """What is in the input line."""
        return self._session.default_buffer.text

    def _prompt(self) -> StyleAndTextTuples:
        above: StyleAndTextTuples = []
        for line in pending(self._state) if self._state else ():
            above.append(("fg:ansibrightblack", f"{str(line)[:PENDING_WIDTH]}\n"))
        if self._typing.question:
            above.append(("bold", f"{self._typing.question}\n"))
        return [*above, ("", "> ")]

    async def read(self, enter: Callable[[Event], None]) -> None:
        """Give each line that is entered to `enter`, until this is cancelled or the terminal is gone."""
        loop = asyncio.get_running_loop()

        def accept(buffer: Buffer) -> bool:
            # After the line is emptied, so that it can be given back.
            loop.call_soon(enter, Entered(buffer.text))
            return False

        def command(line: str) -> None:
            loop.call_soon(enter, Entered(line))

        self._session.default_buffer.accept_handler = accept
        printer = loop.create_task(self._print_above())
        output = self._session.app.output
        rings = self._settings.bell or self._settings.notify != "none"
        if rings:
            output.write_raw(FOCUS_ON)
        try:
            await self._session.prompt_async(key_bindings=bindings(self._typing, command))
        except EOFError:
            return
        finally:
            printer.cancel()
            if rings:
                output.write_raw(FOCUS_OFF)
            self._print()

    async def _print_above(self) -> None:
        """Print what is due above the prompt.

        `patch_stdout` does it too, but hands the keyboard back to the terminal meanwhile, which then
        echoes what is typed into the conversation.
        """
        app = self._session.app
        while await self._print_due.wait():
            if app.output.responds_to_cpr:
                await app.renderer.wait_for_cpr_responses()
            app.renderer.erase()
            self._print()
            app.renderer.request_absolute_cursor_position()
            app.invalidate()
            await asyncio.sleep(FRAME)

    def _print(self) -> None:
        text = "".join(self._unprinted)
        self._unprinted.clear()
        self._print_due.clear()
        output = self._session.app.output
        output.write_raw(text.replace("\n", "\r\n"))
        output.flush()

    def show(self, item: Item) -> None:
        """Print an item, or have it printed above the prompt."""
        width = self._session.app.output.get_size().columns
        self._unprinted += [paint(line, width, self._palette) for line in lines(item, self._clock)]
        if isinstance(item, Said) and item.mention and not item.missed and not self._typing.focused:
            self._unprinted.append(self._ring(item))
        if self._session.app.is_running:
            self._print_due.set()
        else:
            self._print()

    def _ring(self, item: Said) -> str:
        who = safe_name(item.entry.user).replace(";", ",")
        what = safe(item.entry.content)[:NOTIFIED].replace(";", ",")
        told = {"osc9": f"\x1b]9;{who}: {what}\x07", "osc777": f"\x1b]777;notify;{who};{what}\x07"}
        return ("\a" if self._settings.bell else "") + told.get(self._settings.notify, "")

    def give_back(self, unsent: Unsent) -> None:
        """Put a line back into the input line, or show it if something else is being typed."""
        if self.draft:
            self.show(unsent)
        else:
            self._session.default_buffer.insert_text(unsent.line)

    def follow(self, state: ChatState) -> None:
        """Show the state in the toolbar, and complete from it."""
        self._state = state
        self._session.app.invalidate()

    def rooms(self) -> list[str]:
        """Return the rooms' names that are as they look: a completion is typed as it is."""
        return [room for room in self._state.rooms if safe_name(room) == room] if self._state else []

    def people(self) -> list[str]:
        """Return the names of who is here, who spoke last first, that are as they look."""
        if self._state is None:
            return []
        names = dict.fromkeys((*self._state.speakers, *self._state.users))
        here = set(self._state.users)
        return [
            name for name in names if name in here and safe_name(name) == name and name != self._state.name
        ]


class _Completer(Completer):
    def __init__(self, view: TerminalView) -> None:
        self._view = view

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        for line in candidates(before, self._view.rooms()):
            word, _, argument = line[1:].partition(" ")
            meta = "" if argument else BY_NAME[word].help
            yield Completion(line, -len(before), display=argument or line, display_meta=meta)
        for name, length in mentions(before, self._view.people()):
            yield Completion(name, -length)


def _history(path: Path) -> History:
    """Keep what is typed in a file that only this person reads; without one, for this run."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600))
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)
