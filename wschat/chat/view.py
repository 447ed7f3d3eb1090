"""The view for a terminal: an input line at the bottom, the conversation above it in the normal screen."""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from rich.console import Console
from rich.text import Text

from wschat.chat.commands import BY_NAME, candidates
from wschat.chat.render import INDENT, Clock, Style, lines, safe, toolbar
from wschat.chat.state import ChatState
from wschat.chat.vocabulary import Item, Unsent

STYLES = {
    Style.TIME: "dim",
    Style.NAME: "bold cyan",
    Style.ME: "bold green",
    Style.TEXT: "",
    Style.NOTICE: "dim",
    Style.ERROR: "bold red",
    Style.HINT: "yellow",
}


@contextmanager
def terminal_view(
    history: Path, clock: Clock, keyboard: Input | None = None, screen: Output | None = None
) -> Iterator["TerminalView"]:
    """Return a view on this terminal, or on the given keyboard and screen."""
    with create_app_session(input=keyboard, output=screen):
        yield TerminalView(history, clock)


class TerminalView:
    """One prompt for the whole chat. What is shown meanwhile is printed above it."""

    def __init__(self, history: Path, clock: Clock) -> None:
        self._clock = clock
        self._state: ChatState | None = None
        self._console = Console(force_terminal=True, highlight=False)
        self._unprinted: list[str] = []
        self._print_due = asyncio.Event()
        self._session: PromptSession[str] = PromptSession(
            "> ",
            history=_history(history),
            completer=_Lines(self._rooms),
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

    async def read(self, enter: Callable[[str], None]) -> None:
        """Give each line that is entered to `enter`, until this is cancelled or the terminal is gone."""
        loop = asyncio.get_running_loop()

        def accept(buffer: Buffer) -> bool:
            loop.call_soon(enter, buffer.text)  # after the line is emptied, so that it can be given back
            return False

        self._session.default_buffer.accept_handler = accept
        printer = loop.create_task(self._print_above())
        try:
            await self._session.prompt_async(key_bindings=_keys(lambda: loop.call_soon(enter, "/quit")))
        except EOFError:
            return
        finally:
            printer.cancel()
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

    def _print(self) -> None:
        text = "".join(self._unprinted)
        self._unprinted.clear()
        self._print_due.clear()
        output = self._session.app.output
        output.write_raw(text.replace("\n", "\r\n"))
        output.flush()

    def show(self, item: Item) -> None:
        """Print an item, or have it printed above the prompt."""
        with self._console.capture() as captured:
            for line in lines(item, self._clock):
                text = Text.assemble(*((span.text, STYLES[span.style]) for span in line))
                self._console.print(self._wrapped(text), soft_wrap=True)
        self._unprinted.append(captured.get())
        if self._session.app.is_running:
            self._print_due.set()
        else:
            self._print()

    def _wrapped(self, text: Text) -> Text:
        """Break a text into lines that are indented but for the first.

        The terminal would go on at its left edge, where padding could imitate another line.
        """
        width = self._session.app.output.get_size().columns - len(INDENT)
        parts = text.wrap(self._console, max(width, 1), overflow="fold")
        return Text(f"\n{INDENT}").join(parts)

    def frame(self, frame: str) -> None:
        """Ignore a frame as it came: people read items."""

    def give_back(self, line: str) -> None:
        """Put a line back into the input line, or show it if something else is being typed."""
        if self.draft:
            self.show(Unsent(line))
        else:
            self._session.default_buffer.insert_text(line)

    def follow(self, state: ChatState) -> None:
        """Show the state in the toolbar, and complete from it."""
        self._state = state
        self._session.app.invalidate()

    def _rooms(self) -> list[str]:
        """Return the rooms' names that are as they look: a completion is typed as it is."""
        return [room for room in self._state.rooms if safe(room) == room] if self._state else []


class _Lines(Completer):
    def __init__(self, rooms: Callable[[], list[str]]) -> None:
        self._rooms = rooms

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterable[Completion]:
        before = document.text_before_cursor
        for line in candidates(before, self._rooms()):
            word, _, argument = line[1:].partition(" ")
            meta = "" if argument else BY_NAME[word].help
            yield Completion(line, -len(before), display=argument or line, display_meta=meta)


def _keys(leave: Callable[[], object]) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _clear_or_leave(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            leave()

    @keys.add("c-d", filter=Condition(lambda: not get_app().current_buffer.text))
    def _leave(_event: KeyPressEvent) -> None:
        leave()

    return keys


def _history(path: Path) -> History:
    """Keep what is typed in a file that only this person reads; without one, for this run."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600))
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)
