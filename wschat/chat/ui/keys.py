"""What the keys do in the input line: those of `commands.KEYS`, a paste, and the answers to a question."""

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Always, Condition, Filter, is_searching
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from wschat.chat.machine.commands import KEYS
from wschat.protocol.limits import MESSAGE_LIMIT

ASK_ABOVE = 5  # lines of a paste
NO = ("<any>", "enter", "escape", "c-c")  # the keys that would do something else otherwise, too


class KeyHandlers:
    """The key handlers, and what they know of what is being typed.

    Attributes:
        question: asked before a long paste is sent; empty while there is none.
        restored: what was put into the input line, and what to call if a command is typed instead.
    """

    def __init__(self, enter: Callable[[str], object], suspend: Callable[[], object]) -> None:
        self.question = ""
        self.restored: tuple[str, Callable[[], object]] = "", lambda: None
        self._enter = enter
        self._suspend = suspend
        self._pasted = False

    def bindings(self) -> KeyBindings:
        """Return the key bindings; where a key of the table has no handler, prompt_toolkit has one."""
        keys = KeyBindings()
        asking = Condition(lambda: bool(self.question))
        typing = ~asking & ~is_searching
        filters: dict[str, Filter] = {
            "help": ~asking,
            "quit": Condition(lambda: not get_app().current_buffer.text),
            "suspend": Always(),
        }
        for key in KEYS:
            for sequence in key.sequences if key.handler else ():
                when = filters.get(key.handler, typing)
                keys.add(*sequence.split(), filter=when)(getattr(self, key.handler))
        keys.add("<sigint>")(self.clear_or_quit)
        keys.add("/", filter=typing)(lambda event: self._insert(event, "/"))
        keys.add(Keys.BracketedPaste)(self._paste)
        for answer, handler in (("y", self._yes), ("Y", self._yes), *((no, self._no) for no in NO)):
            keys.add(answer, filter=asking, eager=answer == "escape")(handler)
        return keys

    def send(self, event: KeyPressEvent) -> None:
        """Enter the line; ask first if much of it was pasted, and can be sent."""
        text = event.current_buffer.text
        lines = text.count("\n") + 1
        if self._pasted and lines > ASK_ABOVE and len(text) <= MESSAGE_LIMIT:
            self.question = f"Send these {lines} lines? y sends them, any other key goes back"
        else:
            self._yes(event)

    def new_line(self, event: KeyPressEvent) -> None:
        """Begin a new line in the message."""
        event.current_buffer.insert_text("\n")

    def complete(self, event: KeyPressEvent) -> None:
        """Take the next completion."""
        if event.current_buffer.complete_state:
            event.current_buffer.complete_next()
        else:
            event.current_buffer.start_completion(select_first=True)

    def help(self, _event: KeyPressEvent) -> None:
        """Show the help."""
        self._enter("/help")

    def clear_or_quit(self, event: KeyPressEvent) -> None:
        """Empty the input line; if it is empty, end the chat."""
        self._pasted = False
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            self._enter("/quit")

    def quit(self, _event: KeyPressEvent) -> None:
        """End the chat."""
        self._enter("/quit")

    def suspend(self, _event: KeyPressEvent) -> None:
        """Leave the terminal to the shell."""
        self._suspend()

    def _yes(self, event: KeyPressEvent) -> None:
        self._pasted, self.question = False, ""
        event.current_buffer.validate_and_handle()

    def _no(self, _event: KeyPressEvent) -> None:
        self.question = ""

    def _paste(self, event: KeyPressEvent) -> None:
        self._pasted = True
        self._insert(event, event.data.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n"))

    def _insert(self, event: KeyPressEvent, text: str) -> None:
        """Insert a text; a restored one that nobody has touched gives way to a command."""
        buffer = event.current_buffer
        restored, set_aside = self.restored
        untouched = buffer.text == restored and buffer.document.is_cursor_at_the_end
        if untouched and restored and text.startswith("/"):
            buffer.reset()
            set_aside()
        buffer.insert_text(text)
