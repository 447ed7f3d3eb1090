"""Names beside others: what is caught by Unicode's table, what is not, and who is refused for nothing."""

from typing import NamedTuple


class Case(NamedTuple):
    """Somebody is `present`, and another one wants a name; `why` they share a key, or do not."""

    present: str
    name: str
    why: str


CAUGHT = (
    Case("Bob", "bob", "case"),
    Case("Bob", "\uff22\uff4f\uff42", "fullwidth letters"),
    Case("Bob", "\U0001d5a1\U0001d5c8\U0001d5bb", "letters of mathematics"),
    Case("Bob", "\u0412\u043eb", "two Cyrillic letters"),
    Case("Joe", "\u0408\u043e\u0435", "all of it is Cyrillic"),
    Case("admin", "adm\u0131n", "an \u0131 without a dot"),
    Case("ADMIN", "adm\u0131n", "the same, in small letters"),
    Case("ROOT", "R00T", "digits that look like capitals"),
    Case("Ill", "lll", "I and l"),
    Case("Ann B", "Ann\u3000\u2003B", "a gap is one blank"),
    Case("Bob", "B\u034fob\u200b\u2800", "what shows nothing"),
    Case("Zo\xeb", "Zoe\u0308", "one letter, or a letter and a mark"),
    Case("stra\xdfe", "STRASSE", "case, again"),
)
MISSED = (
    Case("Bob", "B0b", "0 looks like O, not like o"),
    Case("Anna", "\u0410\u043f\u043f\u0430", "Cyrillic \u043f looks like \u03c0, not like n"),
    Case("Bob", "Bob.", "a letter more is another name"),
    Case("teacher", "teacner", "only letters that are drawn alike are in the table"),
    Case("Anna B", "AnnaB", "a blank is seen"),
    Case("\u05d01a", "1\u05d0a", "two directions, which a screen may show in one order"),
)
BLAMELESS = (
    Case("corn", "com", "rn and m"),
    Case("bernd", "bemd", "rn and m"),
    Case("Ida", "lda", "I and l"),
    Case("Oz", "0z", "O and 0"),
)
