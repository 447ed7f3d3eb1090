"""The input line at the bottom of a terminal, in the normal screen; above it goes what is printed meanwhile.

It knows of a chat no more than its commands, and loads no more than a prompt needs: the rest is loaded while
one types. What is typed before this is loaded the terminal echoes and keeps by itself.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.input.posix_utils import PosixStdinReader
from prompt_toolkit.input.typeahead import store_typeahead
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.dimension import Dimension, to_dimension
from prompt_toolkit.output import Output

from wschat.chat.machine.commands import BY_NAME
from wschat.chat.ui.keys import KeyHandlers
from wschat.system.files import regular

FRAME = 0.02  # seconds between two prints: a burst is not printed line by line
SETTLED = 0.15  # seconds after which a terminal whose border was dragged keeps its width
# What a terminal that was not raw has made of Enter, and of Ctrl-D.
COOKED: dict[str, KeyPress] = {
    Keys.ControlJ: KeyPress(Keys.ControlM, "\r"),
    Keys.ControlAt: KeyPress(Keys.ControlD, "\x04"),
}


@contextmanager
def terminal_prompt(
    history: Path, keyboard: Input | None = None, screen: Output | None = None
) -> Iterator["Prompt"]:
    """Return a prompt on this terminal, or on the given keyboard and screen."""
    with create_app_session(input=keyboard, output=screen) as session, session.input.raw_mode():
        if isinstance(session.input, Vt100Input):  # what is no UTF-8 would become what can't be sent
            session.input.stdin_reader = PosixStdinReader(session.input.fileno(), errors="replace")
        typed = chain.from_iterable(iter(session.input.read_keys, []))
        store_typeahead(session.input, [COOKED.get(key.key, key) for key in typed])
        session.output.write_raw("\r")  # the prompt stands where the terminal has echoed that
        yield Prompt(history)


class Prompt(PromptSession[str]):
    """One prompt for the whole chat, shown by `start`; its `completer` and `bottom_toolbar` may be set later.

    Attributes:
        pending: returns the lines between what is printed and the input line.
        redraw: returns what was printed last, so many lines or more, for the terminal's width.
    """

    def __init__(self, history: Path) -> None:
        self.pending: Callable[[], Iterable[str]] = list
        self.redraw: Callable[[int], str] = lambda _count: ""
        self._entered: asyncio.Queue[str | None] = asyncio.Queue()  # None: there will be no more
        self._keys = KeyHandlers(self._entered.put_nowait, self._suspend)
        self._unprinted: list[str] = []
        self._print_due = asyncio.Event()
        self._is_shown = asyncio.Event()
        super().__init__(
            self._prompt_text,
            multiline=True,
            prompt_continuation="  ",
            key_bindings=self._keys.bindings(),
            history=history_in(history),
            reserve_space_for_menu=len(BY_NAME) + 1,  # all of them, under the input line
            complete_while_typing=Condition(lambda: self.default_buffer.text.startswith("/")),
            bottom_toolbar="",
            erase_when_done=True,
        )
        self.default_buffer.accept_handler = self._accept
        self._keep_input_small()
        self.app.renderer.cpr_not_supported_callback = None  # nobody needs to know
        self.app.after_render += lambda _app: self._after_render()
        self._width = self.columns
        self._is_shared = False  # with what other programs wrote while this one was suspended

    def _keep_input_small(self) -> None:
        """Let the input line take half the screen at most, so that what is said of it stays in view."""
        window = self.app.layout.current_window
        wanted = window.height

        def height() -> Dimension:
            least = to_dimension(wanted).min
            return Dimension(min=least, max=max(least, self.output.get_size().rows // 2))

        window.height = height

    @property
    def columns(self) -> int:
        """The terminal's width."""
        return self.output.get_size().columns

    async def start(self) -> None:
        """Show the prompt, and return once one can type, or the terminal is gone."""
        self._running = asyncio.create_task(self._run())
        self._running.add_done_callback(lambda _run: self._is_shown.set())  # or it never would be
        await self._is_shown.wait()

    async def read(self, enter: Callable[[str], object]) -> None:
        """Give each line that is entered to `enter`, until this is cancelled or the terminal is gone."""
        try:
            while (line := await self._entered.get()) is not None:
                enter(line)
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Take the prompt away; an error of it is raised here."""
        self._running.cancel()
        await asyncio.wait({self._running})
        if not self._running.cancelled():
            self._running.result()

    async def _run(self) -> None:
        printer = asyncio.create_task(self._print_above())
        try:
            await self.prompt_async()
        except EOFError:
            return
        finally:
            printer.cancel()
            await asyncio.gather(printer, return_exceptions=True)  # whose error is that of the terminal
            self.output.disable_bracketed_paste()
            self._print()
            self._entered.put_nowait(None)

    def _suspend(self) -> None:
        """Leave the terminal to the shell until `fg`, as prompt_toolkit does, and the modes that are ours."""
        self.output.disable_bracketed_paste()
        self._is_shared = True
        self.app.suspend_to_background()

    def _accept(self, buffer: Buffer) -> bool:
        self._entered.put_nowait(buffer.text)  # taken after the line is emptied, so that it can be restored
        return False

    def _prompt_text(self) -> StyleAndTextTuples:
        shown: StyleAndTextTuples = [("fg:ansibrightblack", f"{line}\n") for line in self.pending()]
        if self._keys.question:
            shown.append(("bold", f"{self._keys.question}\n"))
        return [*shown, ("", "> ")]

    async def _print_above(self) -> None:
        """Print what is due above the prompt.

        `patch_stdout` does it too, but hands the keyboard back to the terminal meanwhile, which then
        echoes what is typed into the conversation.
        """
        app = self.app
        while await self._print_due.wait():
            resized = self._width != self.columns
            while self._width != self.columns:
                self._width = self.columns
                await asyncio.sleep(SETTLED)
            if self.output.responds_to_cpr:
                await app.renderer.wait_for_cpr_responses()
            if not app.is_running:  # it ends: where the cursor is would be answered to the shell
                return
            app.renderer.erase()
            self.output.enable_bracketed_paste()  # or lines that are pasted just now would be sent
            self._print()
            if resized:
                self._redraw()
            app.renderer.request_absolute_cursor_position()
            app.invalidate()
            await asyncio.sleep(FRAME)

    def _after_render(self) -> None:
        self._is_shown.set()
        if self._width != self.columns:
            self._print_due.set()

    def _redraw(self) -> None:
        """Print the screen anew: terminals break lines of another width anywhere, and move what is below.

        While the chat is shorter than the screen, what stands above it goes out of sight, and is not lost;
        nor is what other programs wrote meanwhile.
        """
        output = self.output
        rows = output.get_size().rows
        lines = self.redraw(rows).split("\n")[-rows:]
        if len(lines) < rows or self._is_shared:
            self._is_shared = False
            output.cursor_goto(rows, 0)
            output.write_raw("\n" * rows)
        output.erase_screen()
        output.cursor_goto(0, 0)
        self._unprinted.append("\n".join(lines))
        self._print()

    def _print(self) -> None:
        text = "".join(self._unprinted)
        self._unprinted.clear()
        self._print_due.clear()
        self.output.write_raw(text.replace("\n", "\r\n"))
        self.output.flush()

    def print(self, text: str) -> None:
        """Print text, or have it printed above the prompt while that is shown."""
        self._unprinted.append(text)
        if self.app.is_running:
            self._print_due.set()
        else:
            self._print()

    def drain_input(self) -> list[str]:
        """Return what was entered and not read, and what is in the input line, and forget it."""
        entered = [self._entered.get_nowait() or "" for _ in range(self._entered.qsize())]
        lines = [*entered, self.default_buffer.text]
        self.default_buffer.reset()
        return lines

    def restore(self, text: str, set_aside: Callable[[], object]) -> None:
        """Put a text back into the input line, if that is empty and stays so until a key is pressed.

        If something else is typed, or a command is begun, it becomes the newest entry of the history, and
        `set_aside` is called.
        """
        buffer = self.default_buffer

        def remember() -> None:
            entries = self.history.get_strings()
            if entries[-1:] != [text]:
                self.history.append_string(text)
                if buffer.working_index == len(entries):  # else an older entry is shown, before a draft
                    buffer.reset(buffer.document)
            set_aside()

        if buffer.text or self.app.layout.is_searching:
            remember()
        else:
            buffer.insert_text(text)
            self._keys.restored = text, remember


def history_in(path: Path) -> History:
    """Keep what is typed in a file that only this person reads; without one, for this run.

    Raises:
        UsageError: something else stands there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(regular(path), os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600))
    except OSError:
        return InMemoryHistory()
    return _FileHistory(path)


class _FileHistory(FileHistory):
    def store_string(self, string: str) -> None:
        """Keep a line, if there still is room for it."""
        with suppress(OSError):
            super().store_string(string.encode(errors="replace").decode())  # a byte typed that is no UTF-8
