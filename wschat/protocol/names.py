"""How names and messages are checked and stored, and what names are compared by."""

import unicodedata

from wschat.protocol.limits import KEY_LIMIT, MESSAGE_LIMIT, NAME_LIMIT
from wschat.protocol.refusals import ErrorCode, Refused

# Beside the format characters (Cf), these show nothing (Unicode's Default_Ignorable_Code_Point), or a mere
# gap: a Braille cell, a note, two hieroglyphs.
INVISIBLE = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0, *range(0x180B, 0x1810)}
INVISIBLE |= {*range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)}
INVISIBLE |= {0x2800, 0x1D159, 0x13441, 0x13442}

LONGEST = 16 * NAME_LIMIT  # characters of a name that are looked at, before they are composed


def clean_name(text: str, what: str = "name") -> str:
    """Return a name or room's name as it is stored, in NFC and each gap one blank, or raise `Refused`."""
    trimmed, too_long = text.strip(), f"a {what} has at most {NAME_LIMIT} characters"
    if len(trimmed) > LONGEST:
        raise Refused(ErrorCode.TOO_LONG, too_long)
    folded = fold(trimmed)
    if not folded:
        raise Refused(ErrorCode.BAD_REQUEST, f"a {what} must not be empty")
    if "#" in folded or any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in trimmed):
        raise Refused(ErrorCode.BAD_REQUEST, f"a {what} must not contain '#' or control characters")
    name = " ".join(unicodedata.normalize("NFC", trimmed).split())
    if len(name) > NAME_LIMIT:
        raise Refused(ErrorCode.TOO_LONG, too_long)
    if len(folded.encode()) > KEY_LIMIT:
        raise Refused(
            ErrorCode.TOO_LONG, f"a {what} has at most {KEY_LIMIT} bytes with its letters taken apart"
        )
    return name


def fold(name: str) -> str:
    """Return what names are found by: Bob, bob, wide Bob and bob with invisible characters are one name.

    It is Unicode's NFKC_Casefold, with all of `INVISIBLE` left out and each gap one blank.
    """
    folded = decomposed(name)
    for _ in range(2):  # what is folded may be something to fold, as ﬅ is "st" and ͅ an iota
        folded = unicodedata.normalize("NFKC", visible(folded).casefold())
    return " ".join(folded.split())


def decomposed(name: str) -> str:
    """Return a name in NFD, of one that is too long the beginning: marks take the square of their number."""
    return unicodedata.normalize("NFD", name[:LONGEST])


def visible(name: str) -> str:
    """Return a name without what shows nothing."""
    return "".join(char for char in name if unicodedata.category(char) != "Cf" and ord(char) not in INVISIBLE)


def clean_message(text: str) -> str:
    """Return a message as it is stored, which is as it is, or raise `Refused`."""
    if not text.strip():
        raise Refused(ErrorCode.BAD_REQUEST, "a message must not be empty")
    if len(text) > MESSAGE_LIMIT:
        raise Refused(
            ErrorCode.TOO_LONG, f"a message has at most {MESSAGE_LIMIT} characters, not {len(text)}"
        )
    if not is_text(text):
        raise Refused(ErrorCode.BAD_REQUEST, "a message must be valid Unicode")
    return text


def is_text(value: str) -> bool:
    """Tell whether a string is valid Unicode: it has no lone surrogates, which JSON can carry."""
    return not any(unicodedata.category(char) == "Cs" for char in value)


def escaped(char: str) -> str:
    r"""Return a character spelled out, as `\u{43e}`."""
    return f"\\u{{{ord(char):x}}}"


def told_apart(name: str, other: str) -> str:
    """Return a name with those letters spelled out that tell it from another one, which looks like it."""
    places = differing(name, other)
    return "".join(escaped(char) if at in places else char for at, char in enumerate(name))


def differing(name: str, other: str) -> set[int]:
    """Return where a name has other letters than one that looks like it, counted from both ends.

    What shows nothing differs, and case, which is seen, does not. A name in ASCII has no such letters beside
    one that is not: what is easily typed stays readable.
    """
    if name.isascii() and not other.isascii():
        return set()
    places = [at for at, char in enumerate(name) if visible(char)]
    size, there = len(places), visible(other)
    beside = zip(places, there.ljust(size, "\0"), there.rjust(size, "\0")[-size:], strict=False)
    same = {at for at, *others in beside if any(_is_same(name[at], each) for each in others)}
    return {*range(len(name))} - same


def _is_same(char: str, other: str) -> bool:
    """Tell whether only case tells two letters apart: the Kelvin sign, whose small letter is k, is no K."""
    return char.lower() == other.lower() and char.upper() == other.upper()
