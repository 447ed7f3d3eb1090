"""Asks for a line at a terminal: with completion, history and a toolbar where it can show them."""

from collections.abc import Callable, Iterator, Mapping

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from wschat.chat.ui.prompt import history_in
from wschat.system import paths

Ask = Callable[[str], str]
"""Asks with a prompt, and returns the line; raises EOFError at Ctrl-D, KeyboardInterrupt at Ctrl-C."""


class Words(Completer):
    """Completes a line that begins one of the words which there are then, each with what it means."""

    def __init__(self, words: Callable[[], Mapping[str, str]]) -> None:
        self._words = words

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterator[Completion]:
        """Yield the words that go on from what is typed."""
        typed = document.text_before_cursor.lstrip()
        for word, meaning in self._words().items():
            if word.startswith(typed):
                yield Completion(word, -len(typed), display_meta=meaning)


def asker(words: Callable[[], Mapping[str, str]], toolbar: Callable[[int], str]) -> Ask:
    """Return what asks: Tab completes `words`, and `toolbar` is text for so many columns.

    Ctrl-C drops what is typed, as in a shell; where nothing is, it raises.
    """
    keys = KeyBindings()

    @keys.add("c-c", filter=Condition(lambda: bool(session.default_buffer.text)))
    def drop(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    session = PromptSession[str](
        key_bindings=keys,
        history=history_in(paths.learn_history()),
        completer=Words(words),
        complete_while_typing=False,
        bottom_toolbar=lambda: toolbar(session.output.get_size().columns) or None,
    )
    session.app.renderer.cpr_not_supported_callback = None  # nobody needs to know
    return session.prompt
