"""Reports of how chats show what others wrote: names, marks, links, mentions, narrow terminals."""

from functools import partial

from tests.studies.reported.case import Case
from wschat.chat.machine.effects import Item, Message, News
from wschat.chat.ui.ansi import to_ansi, width_of
from wschat.chat.ui.links import urls
from wschat.chat.ui.rendering import render
from wschat.chat.ui.transcript import local_time
from wschat.protocol.events import ClientMessage, UserJoined

format_time = partial(local_time, form="12:34")


def said(text: str, user: str = "eve", me: str = "ann") -> Message:
    """Return a message."""
    return Message(ClientMessage(user, text, "ops", time=1), me)


def shown(item: Item, width: int = 80) -> list[str]:
    """Return what stands in the terminal."""
    lines = [to_ansi(line, width) for line in render(item, format_time)]
    return "".join(lines).splitlines()


def markup() -> None:
    """It is text."""
    assert shown(said("[INST] hi [/INST] [/] [bold]"))[0].endswith("[INST] hi [/INST] [/] [bold]")


def zero_width() -> None:
    """It is spelled out."""
    assert shown(said("duck\u200b hunt"))[0].endswith("duck\\u{200b} hunt")


def narrow() -> None:
    """Whatever the width, it ends, and all of the text is there."""
    for width in range(9):
        assert "".join(shown(said("\U0001f449\U0001f449\U0001f449 hi"), width)).count("\U0001f449") == 3


def joined_emoji() -> None:
    """No row is wider than the screen, by whatever terminals take it for."""
    rows = shown(said("\U0001f62e\u200d\U0001f4a8 \U0001f171\ufe0f " * 30), 40)
    assert all(width_of(row) <= 40 for row in rows)


def piled_marks() -> None:
    """There are few of them on each character, and none on what stands before."""
    (row,) = shown(said("\u0347" * 99 + ("." + "\u0347" * 99)))
    assert row.count("\u0347") <= 16
    assert "> \u25cc" in row


def reversed_text() -> None:
    """A name can't turn round what stands beside it."""
    for mark in "\u202e\u061c\u2067":
        for item in (said("hi", f"alice{mark}"), News((UserJoined(f"alice{mark}", "ops"),))):
            assert all(char.isprintable() for char in shown(item)[0])


def linked(text: str) -> list[str]:
    """Return the links in a text."""
    return [text[start:stop] for start, stop in urls(text)]


def in_parentheses() -> None:
    """They belong to the sentence."""
    assert linked("look (https://x.y/abc), (https://x.y/watch?v=1)") == [
        "https://x.y/abc",
        "https://x.y/watch?v=1",
    ]


def with_parentheses() -> None:
    """Those that are opened in it belong to it."""
    for url in ("https://x.y/wiki/Horse_(animal)", "https://x.y/a_(b_(c))_d", "https://x.y/video).html"):
        assert linked(f"see {url}.") == [url]


def in_quotes() -> None:
    """No kind of quotation marks belongs to it."""
    for before, after in ('""', "''", "\u201c\u201d", "\u2018\u2019", "\u00ab\u00bb", "\u300c\u300d"):
        assert linked(f"{before}https://x.y/a/{after} is it") == ["https://x.y/a/"]


def wide_punctuation() -> None:
    """It ends where Chinese or Japanese goes on without a gap."""
    for behind in "\uff0c\u3002\uff01\uff1f\uff08\uff09\u3001\u300d\u3011":
        assert linked(f"https://x.y/pull/343{behind}fix") == ["https://x.y/pull/343"]


def mentioned(name: str, *texts: str) -> list[bool]:
    """Tell which texts mention somebody of this name."""
    return [said(text, me=name).mention for text in texts]


def names_of_any_characters() -> None:
    """Each is found as it is, and nothing else."""
    assert mentioned("[jirssi]", "[jirssi]: pong", "jirssi") == [True, False]
    assert mentioned("[Lucas]", "Luc", "a") == [False, False]
    assert mentioned(".*", "anything", "who is .*?") == [False, True]


def parts_of_words() -> None:
    """They are no mention, and a name with something behind it is one."""
    assert mentioned("mark", "use a marker", "re-mark-able", "Mark's", "mark...") == [False, True, True, True]
    assert mentioned("kaffee", "kaffeekanne", "(kaffee)") == [False, True]
    assert mentioned("nick", "nick_", "nick,") == [False, True]


CASES = (
    Case("ggozad/oterm/issues/11", "brackets in a message are taken for markup, and end the program", markup),
    Case("weechat/weechat/issues/1770", "a character without width confuses the screen", zero_width),
    Case("weechat/weechat/issues/2053", "emojis in a terminal of few columns: a loop without end", narrow),
    Case("zyansheep/rustyline-async/issues/36", "a terminal of no columns: a division by zero", narrow),
    Case("weechat/weechat/issues/1861", "emojis that are joined break the columns", joined_emoji),
    Case("weechat/weechat/issues/2265", "a variation selector breaks the columns", joined_emoji),
    Case("zulip/zulip/issues/7843", "piles of marks cover the messages above and below", piled_marks),
    Case("Nheko-Reborn/nheko/issues/1796", "a name turns round what stands beside it", reversed_text),
    Case("Chatterino/chatterino2/issues/6996", "an Arabic letter mark in a name does", reversed_text),
    Case("nextcloud/spreed/issues/3922", "the parenthesis behind a URL becomes a part of it", in_parentheses),
    Case("FauxFaux/PuTTYTray/issues/7", "a URL that ends with a parenthesis loses it", with_parentheses),
    Case("hexchat/hexchat/issues/1702", "a URL breaks at a parenthesis inside of it", with_parentheses),
    Case(
        "quotient-im/Quaternion/issues/189",
        "quotation marks behind a URL become a part of it",
        in_quotes,
        "mended for “ ” and their like",
    ),
    Case(
        "warpdotdev/warp/issues/13088",
        "wide punctuation behind a URL becomes a part of it",
        wide_punctuation,
        "mended: a URL ends there",
    ),
    Case(
        "l0ng-ai/tty7/pull/20",
        "so does all that follows without a gap in Chinese",
        wide_punctuation,
        "mended: a URL ends there",
    ),
    Case("communi/communi-desktop/issues/58", "a name in brackets is not found", names_of_any_characters),
    Case(
        "convos-chat/convos/issues/243",
        "… or is found everywhere, as a class of characters",
        names_of_any_characters,
    ),
    Case(
        "destinygg/chat-gui/pull/848", "a name that is a pattern matches everything", names_of_any_characters
    ),
    Case("gomuks/gomuks/issues/96", "a name rings within other words", parts_of_words),
    Case("iNPUTmice/Conversations/issues/3395", "… or before an underscore", parts_of_words),
)
