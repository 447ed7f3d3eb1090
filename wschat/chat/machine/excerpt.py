"""As much of a message as is shown unasked, so that nobody's fills the screen."""

from itertools import accumulate

from wschat.text import safe

ROWS = 20
ROW = 60  # characters, as they are shown; a line that is shorter takes a whole row


def excerpt(text: str) -> tuple[list[str], str]:
    """Return the first lines of a text, the last of them perhaps cut, and in words how much more there is."""
    if len(text) <= ROW and "\n" not in text:  # as most are
        return [text], ""
    lines = text.replace("\r\n", "\n").split("\n")
    shown: list[str] = []
    room = ROWS * ROW
    while room > 0 and len(shown) < len(lines):
        ends = [0, *accumulate(len(safe(char)) for char in lines[len(shown)])]
        kept = [end for end in ends if end <= room]
        shown.append(lines[len(shown)][: len(kept) - 1])
        room -= max(-(-kept[-1] // ROW), 1) * ROW
    more_lines = len(lines) - len(shown)
    more = more_lines or len(lines[-1]) - len(shown[-1])
    unit = "line" if more_lines else "character"
    return shown, f"{more:,} more {unit}{'' if more == 1 else 's'}" if more else ""
