"""What the keys do in the terminal: `commands.KEYS` tells people of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition, is_searching
from prompt_toolkit.input.ansi_escape_sequences import ANSI_SEQUENCES
from prompt_toolkit.key_binding import KeyBindings, KeyBindingsBase, KeyPressEvent, merge_key_bindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.utils import suspend_to_background_supported

ASK_ABOVE = 5  # lines of a paste
FOCUS_IN, FOCUS_OUT = Keys.F23, Keys.F24  # keys that no keyboard has; prompt_toolkit knows no focus
ANSI_SEQUENCES.update({"\x1b[I": FOCUS_IN, "\x1b[O": FOCUS_OUT})


@dataclass
class Typing:
    """What is known of the person at the keyboard.

    `focused` is None until the terminal has told. `question` is asked before a long paste is sent.
    `restored` is a text that was put into the input line, and `set_aside` is called when it has to leave that
    for a command.
    """

    focused: bool | None = None
    restored: str = ""
    set_aside: Callable[[], object] = lambda: None
    pasted: bool = False
    question: str = ""


def bindings(
    typing: Typing, command: Callable[[str], object], suspend: Callable[[], Awaitable[None]]
) -> KeyBindingsBase:
    """Return the key bindings; `command` takes a line as if it had been entered."""
    return merge_key_bindings([_entering(typing), _focus(typing), _commands(typing, command, suspend)])


def _insert(typing: Typing, event: KeyPressEvent, text: str) -> None:
    """Insert a text; behind a restored one that nobody has touched, a command could not be seen as one."""
    buffer = event.current_buffer
    untouched = buffer.text == typing.restored and buffer.document.is_cursor_at_the_end
    if untouched and buffer.text and text.startswith("/"):
        buffer.reset()
        typing.set_aside()
    buffer.insert_text(text)


def _accept(typing: Typing, event: KeyPressEvent) -> None:
    typing.pasted, typing.question = False, ""
    event.current_buffer.validate_and_handle()


def _entering(typing: Typing) -> KeyBindings:
    keys = KeyBindings()
    asking = Condition(lambda: bool(typing.question))
    writing = ~asking & ~is_searching

    @keys.add("enter", filter=writing)
    def _enter(event: KeyPressEvent) -> None:
        lines = event.current_buffer.text.count("\n") + 1
        if typing.pasted and lines > ASK_ABOVE:
            typing.question = f"Send these {lines} lines? y sends them, any other key goes back"
        else:
            _accept(typing, event)

    @keys.add("c-j", filter=writing)
    @keys.add("escape", "enter", filter=writing)
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("/", filter=writing)
    def _slash(event: KeyPressEvent) -> None:
        _insert(typing, event, "/")

    @keys.add("tab", filter=writing)
    def _complete(event: KeyPressEvent) -> None:
        if event.current_buffer.complete_state:
            event.current_buffer.complete_next()
        else:
            event.current_buffer.start_completion(select_first=True)

    @keys.add("y", filter=asking)
    @keys.add("Y", filter=asking)
    def _yes(event: KeyPressEvent) -> None:
        _accept(typing, event)

    @keys.add("<any>", filter=asking)
    @keys.add("enter", filter=asking)
    @keys.add("escape", filter=asking, eager=True)
    @keys.add("c-c", filter=asking)
    def _no(_event: KeyPressEvent) -> None:
        typing.question = ""

    @keys.add(Keys.BracketedPaste)
    def _paste(event: KeyPressEvent) -> None:
        text = event.data.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
        typing.pasted = True
        _insert(typing, event, text)

    return keys


def _focus(typing: Typing) -> KeyBindings:
    keys = KeyBindings()

    @keys.add(FOCUS_IN)
    def _in(_event: KeyPressEvent) -> None:
        typing.focused = True

    @keys.add(FOCUS_OUT)
    def _out(_event: KeyPressEvent) -> None:
        typing.focused = False

    return keys


def _commands(
    typing: Typing, command: Callable[[str], object], suspend: Callable[[], Awaitable[None]]
) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("c-z", filter=Condition(suspend_to_background_supported))
    async def _suspend(_event: KeyPressEvent) -> None:
        await suspend()

    @keys.add("f1")
    def _help(_event: KeyPressEvent) -> None:
        command("/help")

    @keys.add("c-c", filter=Condition(lambda: not typing.question) & ~is_searching)
    @keys.add("<sigint>")
    def _clear_or_leave(event: KeyPressEvent) -> None:
        typing.pasted = False
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            command("/quit")

    @keys.add("c-d", filter=Condition(lambda: not get_app().current_buffer.text))
    def _leave(_event: KeyPressEvent) -> None:
        command("/quit")

    return keys
