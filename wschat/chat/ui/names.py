"""Strangers' names, shown so that none is taken for another one.

What shows nothing is spelled out, and letters that look like others: by themselves where one word has Latin
letters and some that only look so, and among the names of a chat where two look alike.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from wschat.chat.machine.state import ChatState
from wschat.protocol.limits import NAME_LIMIT
from wschat.protocol.names import INVISIBLE, differing, escaped
from wschat.protocol.skeleton import keys, prototypes
from wschat.text import JOINERS, safe

BRACKETS = str.maketrans("<>", "\u2039\u203a")  # a name can't close the brackets around it
GAP = re.compile(r"(?<= ) |^ | $")  # a blank that is not seen as one
WORD = re.compile(r"[0-9A-Za-z\x80-\U0010ffff]+")
LATIN = re.compile(r"[A-Za-z\xaa-\u024f\u1e00-\u1eff]")
MOST = 5000  # names; beside them, all who are present
MOST_ALIKE = 8
MOST_SHOWN = 2 * NAME_LIMIT  # characters


class Names:
    """The names that a chat has met: of those that look alike one sees what differs."""

    def __init__(self) -> None:
        """Begin with none."""
        self._met: set[str] = set()
        self._by_key: dict[str, list[str]] = defaultdict(list)

    def meet(self, names: Iterable[str]) -> None:
        """Tell these from all others from now on; the price of one that is known is next to nothing."""
        for name in names:
            if name in self._met:
                continue
            if len(self._met) >= MOST:  # strangers can make up any number
                self._met.clear()
                self._by_key.clear()
            self._met.add(name)
            for key in keys(name):
                self._by_key[key][MOST_ALIKE:] = []
                self._by_key[key].append(name)

    def follow(self, state: ChatState) -> None:
        """Meet ourselves, and who is in the room."""
        self.meet((state.name or "", *(state.room.members if state.room else ())))

    def shown(self, name: str) -> str:
        """Return a name for people to read, which is met by that."""
        self.meet((name,))
        alike = {other for key in keys(name) for other in self._by_key[key]}
        return safe_name(name, tuple(sorted(alike)))


@lru_cache(maxsize=1024)
def safe_name(name: str, alike: tuple[str, ...] = ()) -> str:
    """Return a name or room's name as `text.safe` does, and spelled out where one can't see what it is.

    That is all that shows nothing or a mere gap, what looks like a Latin letter in a word with Latin ones,
    and what tells it from those that look like it (`names.differing`). Of one that no lab of ours lets in,
    since it is too long, there is the beginning.
    """
    if len(name) > MOST_SHOWN:
        return f"{safe_name(name[:MOST_SHOWN], alike)}…"
    if name.isascii() and name.isprintable() and not (alike or GAP.search(name)):
        return name.translate(BRACKETS)
    hidden = {at for at, char in enumerate(name) if _is_hidden(char)}
    hidden |= {match.start() for match in GAP.finditer(name)}
    for word in WORD.finditer(name):
        if LATIN.search(word[0]):
            hidden |= {at for at in range(*word.span()) if _imitates(name[at])}
    hidden = hidden.union(*(differing(name, other) for other in alike))
    spelled = (escaped(char) if at in hidden else char for at, char in enumerate(name))
    return safe("".join(spelled)).translate(BRACKETS)


def _is_hidden(char: str) -> bool:
    is_gap = char != " " and unicodedata.category(char) == "Zs"
    return is_gap or char in JOINERS or ord(char) in INVISIBLE


def _imitates(char: str) -> bool:
    """Tell whether what is no Latin letter looks like one of ASCII's, marks aside."""
    if char.isascii() or LATIN.match(char) or not char.isalnum():
        return False
    looks = (prototypes().get(ord(part), part) for part in unicodedata.normalize("NFKD", char))
    return any(look.isascii() and look.isalpha() for look in looks)
