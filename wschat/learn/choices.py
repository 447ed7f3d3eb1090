"""What one can choose at a lesson, by a letter or a word."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from wschat.learn.lesson import Lesson


@dataclass(frozen=True)
class Choice:
    """One choice: its name, the letter and words that mean it, and what it does.

    `needs` is what a lesson must have so that it is offered: an attribute of it.
    """

    name: str
    letter: str
    what: str
    words: tuple[str, ...] = ()
    needs: str = ""


CHOICES = (
    Choice("why", "w", "why it is there", ("show",), needs="why"),
    Choice("console", "c", "by hand in the console", needs="makes"),
    Choice("aws", "a", "by hand with aws", needs="makes"),
    Choice("check", "i", "I did it: check", ("did", "I did it")),
    Choice("do", "d", "do it for me", ("make",), needs="makes"),
    Choice("code", "r", "read the code", ("read",), needs="code"),
    Choice("hint", "h", "a hint", needs="hint"),
    Choice("see", "s", "see what it does now", ("look",), needs="see"),
    Choice("questions", "t", "think: a question", ("think", "question"), needs="questions"),
    Choice("next", "n", "on (or Enter, when it is done)", ("skip", "on")),
    Choice("back", "b", "back"),
    Choice("list", "l", "list all"),
    Choice("help", "?", "these choices"),
    Choice("quit", "q", "quit", ("exit", "bye")),
)


def offered(lesson: Lesson) -> Sequence[Choice]:
    """Return the choices that there are at a lesson."""
    return [each for each in CHOICES if not each.needs or getattr(lesson, each.needs)]


def chosen(typed: str, among: Collection[Choice]) -> Choice | None:
    """Return the choice that is meant: by its letter, a word for it, or how only one of these begins.

    The letter of a choice that is not among them means none.
    """
    text = " ".join(typed.casefold().split())
    words = {each: [word.casefold() for word in (each.name, *each.words)] for each in among}
    exact = [each for each in among if text == each.letter or text in words[each]]
    more = text and text not in {each.letter for each in CHOICES}
    begun = [each for each in among if more and any(word.startswith(text) for word in words[each])]
    found = exact or begun
    return found[0] if len(found) == 1 else None
