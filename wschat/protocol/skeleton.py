"""What names are compared by so that none can be taken for another: Unicode's confusable skeletons.

After UTS #39, section 4 (https://www.unicode.org/reports/tr39/#Confusable_Detection). Whatever imports this
carries the table with it, so functions that only compare names use `names.fold`.
"""

import unicodedata
import zlib
from base64 import b64decode
from functools import cache, lru_cache
from itertools import accumulate

from wschat.protocol.confusables import PACKED
from wschat.protocol.names import decomposed, fold, visible


def table() -> str:
    """Return the table as text: how far each letter is from the one before, then in lines the prototypes."""
    return zlib.decompress(b64decode(PACKED)).decode()


@cache
def prototypes() -> dict[int, str]:
    """Return what each letter looks like, by its code point; most look like themselves, and are left out."""
    gaps, *looks = table().split("\n")
    return dict(zip(accumulate(map(int, gaps.split())), looks, strict=True))


def skeleton(name: str) -> str:
    """Return what two names have in common if they look alike; it is not for showing.

    It is the standard's internalSkeleton. Its bidiSkeleton, which puts letters first into the order that they
    are seen in, would only tell more of names that mix directions, for the price of the whole of UAX #9.
    """
    letters = visible(decomposed(name))
    return unicodedata.normalize("NFD", letters.translate(prototypes()))


@lru_cache(maxsize=4096)
def keys(name: str) -> tuple[str, ...]:
    """Return the distinct keys that a name takes, the first of them what it is found by.

    Two names with a key in common are too alike: they are one but for case, width and what is invisible
    (`fold`), or look like each other as they are written or once folded (`skeleton`).
    """
    folded = fold(name)
    return tuple(dict.fromkeys((folded, skeleton(name), skeleton(folded))))
