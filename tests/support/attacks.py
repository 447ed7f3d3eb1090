"""Attacks on a terminal: what strangers may write into names, rooms, messages and errors."""

import unicodedata

from hypothesis import strategies as st

from wschat.text import JOINERS

CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]

CSI = (
    "2J\x1b[H|31mred|38;2;255;0;0mtrue red|7mreverse|8mhidden|5mblink|4hinsert|20hnewline mode|3;5rregion",
    "?25lno cursor|?1049halternate|?7lno wrap|?5hinverse screen|?2004lno bracketed paste|?1004lno focus",
    "?1000hmouse|10;10Hmoved|99Aup|5Sscroll|5Linsert lines|9Perase|s\x1b[1;1Hsaved\x1b[u|!psoft reset",
    "6n|c|0x|21t|>q||31|1;2;3;4;5;6;7;8;9|99999999999999999999A",
)
OSC = (
    "0;title\x07|2;title\x1b\\|0;title without end|52;c;aGk=\x07|52;c;?\x07|4;1;rgb:00/00/00\x07",
    "8;;http://evil\x07click\x1b]8;;\x07|8;;http://evil\x1b\\never closed|9;notify\x07|777;notify;a;b\x07",
    "10;#000000\x07|1337;File=inline=1:AAAA\x07|",
)
ESCAPES = (
    "7\x1b[1;1Hsaved\x1b8|creset|#8|(0lines|)0\x0e|%G|M\x1bM\x1bM|D|E|_Gf=24;AAAA\x1b\\|^private\x1b\\|Xstring\x1b\\",
    "P$q\x1b\\|P+q544e\x1b\\|Pq#0;2;0;0;0#0~~@@vv\x1b\\|Pnever closed",
)
OTHERS = (
    "\x9b31m|\x9b2J|\x9d0;title\x9c|\x90q\x9c|\x9e\x9f\x98\x9c|\x85next|back\b\b\b\b\b\b\b\bspace|over\rwritten",
    "\r\n12:00 <bob> forged|\n\n\n\n\n\n|\x0bvertical\x0cform",
)
SEQUENCES = [
    f"{introducer}{rest}"
    for introducer, rows in (("\x1b[", CSI), ("\x1b]", OSC), ("\x1b", ESCAPES), ("", OTHERS))
    for row in rows
    for rest in row.split("|")
]

UNICODE = [
    "line\u2028sep\u2029",
    "\u202egnp.exe",
    "\u202dover\u202c",
    "\u202aembed",
    "\u2066iso\u2069",
    "\u2067never closed",
    "\u2068first strong",
    "\u200e\u200f\u061c",
    "zero\u200bwidth",
    "word\u2060joiner",
    "in\u2063visible\u2064",
    "\ufefffeff",
    "soft\u00adhyphen",
    "tag\U000e0041\U000e0042",
    "\U000e0001",
    "lone\ud800",
    "\ufff9anno\ufffatation\ufffb",
    "bob\u200d",
    "bo\u200cb",
    "b\u043eb",
    "\u0430nn",
    "bob\u3164",
    "bob\u115f\u1160",
    "bob\u2800",
    "b\u00a0ob",
    "b\u2003ob",
    "bob\ufe0f",
    "bo\u034fb",
    "\u180eb",
    "a" + "\u0301" * 100,
    "\u0301" * 50 + "b",
    "\u0e49" * 80,
    "\u20dd" * 30,
    "a\u0338\u20e0",
    "\u202f\u205f\u3000",
    "wide\uff21\uff22",
    "👩\u200d👩\u200d👧\u200d👦" * 10,
    "🏳\ufe0f\u200d🌈",
    "\u1112\u1161\u11ab",
    "\u0600\u06dd",
    "\U0001f1e9\U0001f1ea",
    "\u0b95\u0bcd\u0bb7",
    "\u05d0\u05d1\u05d2 right to left",
]

MARKUP = [
    "[bold red]rich[/bold red]",
    "[link=http://evil]click[/link]",
    "[/]",
    "[@click=app.quit]x[/]",
    "<b>html</b>",
    "<style fg='red'>x</style>",
    "<ansired>x",
    "&lt;&#27;[31m",
    "{0}{name}%s%n",
    "\\x1b[31m \\u001b[31m",
    "$(reboot) `reboot` ; rm -rf",
    "^[[31m ^G",
]

IMITATIONS = [
    "-- bob left",
    "bob left; ann",
    "!! your message: lost",
    "── back, nothing missed ──",
    "> typed by you",
    "12:00 <bob> I quit",
    "\n-- you are in evil",
    "\r\n!! Error: your disk is full",
    "x" * 74 + "12:00 <bob> at the edge",
    " " * 74 + "-- bob left",
    "\u00a0" * 80 + "-- bob left",
    "connected · ann · ops (1)",
    "https://evil.example/" + "x" * 59 + "--bob_left",
    "https://evil.example/" + "x" * 59 + "--\u2800bob\u2800left",
    "bob> hi\n12:00 <bob",
    "Send these 9 lines? y sends them",
]

KINDS = {
    "control characters: C0, DEL, C1": CONTROLS,
    "escape sequences, whole, unterminated or 8-bit; control characters in a text": SEQUENCES,
    "bidi, zero width, look-alikes, piles of marks, and text that must stay as it is": UNICODE,
    "markup: of rich, prompt_toolkit, HTML, a shell": MARKUP,
    "imitations: of notices, errors, messages, questions, the toolbar": IMITATIONS,
}
ATTACKS = [attack for attacks in KINDS.values() for attack in attacks]

PIECES = st.sampled_from(
    [*ATTACKS, "\x1b[", "\x9b", "\x1b]8;;", "\x07", "\x1b\\", "m", "H", "?25l", "\n", " "]
)
HOSTILE = st.lists(PIECES | st.text(max_size=8), max_size=8).map("".join)
BAD = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def is_bad(char: str) -> bool:
    """Tell whether a character could steer a terminal, or hide."""
    return unicodedata.category(char) in BAD and char not in JOINERS
