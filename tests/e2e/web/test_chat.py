"""The page in a real browser: people talk, and each sees what the others do; one beside a terminal."""

import pytest

from tests.e2e.web.conftest import OpenTab
from tests.support.terminal import terminal
from tests.support.threaded import ThreadedServer
from wschat.chat.machine.effects import Message
from wschat.protocol.events import ClientMessage

HIDE = """() => {
  Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.usefixtures("short_state")
def test_two_tabs_and_a_terminal(open_tab: OpenTab) -> None:
    """`wschat web --local` brings a lab; who is in its pages and who is in a terminal share a room."""
    with (
        terminal("web", "--local", "--no-open") as web,
        terminal("chat", "--local", "--name", "tim") as tim,
    ):
        told = web.until("Ctrl-C stops it.")
        assert "ws://" not in told
        address = next(line for line in told.splitlines() if line.startswith("http://127.0.0.1:"))
        ann, bob = open_tab(address).register("ann"), open_tab(address).register("bob")
        ann.create("ops")
        bob.join("ops")
        tim.until("you are tim")
        tim.type("/join ops")
        tim.until("you are in ops")
        for person in (ann, bob):
            person.until("#users li:nth-child(3)")
        ann.say("from ann")
        bob.until("text=from ann")
        bob.say("from bob")
        tim.until("<bob> from bob")
        tim.type("from tim")
        for person in (ann, bob):
            person.until("text=from tim")
            texts = [text for text in person.texts if text.startswith("from")]
            assert texts == ["from ann", "from bob", "from tim"]
        assert ann.page.locator("#users bdi").all_text_contents() == ["ann", "bob", "tim"]
        tim.type("/quit")
        tim.end()
        ann.until(".notice:has-text('tim left')")
        bob.page.click("#leave")
        bob.until("#create")
        ann.until(".notice:has-text('bob left')")
        ann.page.click("#leave")
        bob.until("#no-rooms")
        ann.in_trouble = bob.in_trouble = True  # as their lab goes
        web.press("\x03")
        web.until("Stopped.")
        assert web.end() == 0


@pytest.mark.parametrize("locks", [True, False])
def test_a_reload_and_a_copy(page: str, room: ThreadedServer, open_tab: OpenTab, *, locks: bool) -> None:
    """A reload is the same person in the same room, with the name's secret; a duplicated tab is not.

    Over plain `http://` to another machine a browser has no locks.
    """
    room.server.blind = True
    ann = open_tab("about:blank")
    ann.page.context.add_init_script("" if locks else "delete Navigator.prototype.locks")
    ann.page.goto(page)
    ann.register("ann").create("kept")
    ann.say("before the reload")
    ann.until("#log li.mine")
    ann.page.reload()
    ann.until("#log li.mine:has-text('before the reload')")
    with ann.page.context.expect_page() as opened:
        ann.page.evaluate("window.open(location.href)")  # which copies the tab's storage, as duplicating does
    opened.value.wait_for_selector(".outside #name")  # before it is styled, everything shows
    ann.say("still ann")
    ann.until("#log li.mine:has-text('still ann')")


def test_what_is_wrong_is_said_beside_the_field(page: str, open_tab: OpenTab) -> None:
    """A name, a room or a message that can't be is refused beside its field, and stays there."""
    ann, bob = open_tab(page), open_tab(page).register("bob")
    for name, says in (
        ("", "write something"),
        ("x" * 33, "at most 32"),
        ("\ufdfa" * 4, "at most 128 bytes"),
        ("bob", "bob already"),
    ):
        ann.enter("name", name)
        ann.until(f"#name-error:has-text('{says}')")
        assert ann.page.get_attribute("#name", "aria-invalid") == "true"
        assert ann.page.input_value("#name") == name
    ann.register("ann")
    assert ann.page.text_content("#name-error") == ""
    bob.create("ops")
    ann.until("#rooms button:has-text('ops')")
    ann.enter("room", "ops")
    ann.until("#room-error:has-text('such a room')")
    ann.join("ops")
    ann.say("x" * 4001)
    ann.until("#message-error:has-text('at most 4000')")
    assert len(ann.page.input_value("#message")) == 4001
    ann.say("👩‍👩‍👧‍👦" * 500)
    bob.until("#log li:has-text('👩‍👩‍👧‍👦')")


def test_a_hidden_tab(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """It counts in its title how many are new, until it is looked at."""
    ann = open_tab(page).register("ann").create("ops")
    ann.page.evaluate(HIDE)
    room.say("three")
    ann.page.wait_for_function("() => document.title === '(1) ops · wschat'")
    ann.page.evaluate(HIDE.replace("true", "false"))
    assert ann.page.title() == "ops · wschat"


def test_mentions(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """What others say is marked where one's name is a word of it, as in a terminal."""
    said = ("hi a.n", "A.N?", "@a.n: yes", "axn", "a.nette", "Joa.n", "a.n_2", "\u00e4a.n", "nobody")
    ann = open_tab(page).register("a.n").create("ops")
    for text in said:
        room.say(text)
    room.say("I, a.n", user="a.n")
    ann.until("#log li.mine:has-text('I, a.n')")
    wanted = [text for text in said if Message(ClientMessage("eve", text), "a.n").mention]
    assert ann.page.locator("#log li:has(.you:visible) .text").all_text_contents() == wanted
    assert wanted == ["hi a.n", "A.N?", "@a.n: yes"]


def test_ignored(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """Nothing is seen of who is hidden, in whatever case, until they are shown again; also after a reload."""
    ann = open_tab(page).register("ann").create("ops")
    bob = open_tab(page).register("Bob").join("ops")
    bob.say("before")
    ann.until("#log li:has-text('before')")
    ann.page.click("#users li:has-text('Bob') .ignore")
    assert ann.page.locator(".ignore:visible").count() == 1, "nobody hides themselves"
    bob.say("meanwhile")
    room.say("as BOB", user="BOB")
    room.say("another", user="eve")
    ann.until("#log li:has-text('another')")
    assert ann.page.locator("#log li:visible .text").all_text_contents() == ["another"]
    ann.page.reload()
    ann.until("#log li.mine, #users li:has-text('Bob') .ignore:text-is('Show')")
    assert ann.page.locator("#log li:visible").count() == 0
    assert ann.page.locator(".ignore[aria-label='Show what Bob says']").count() == 1
    ann.page.click("#users li:has-text('Bob') .ignore")
    ann.until("#log li:has-text('meanwhile')")
    assert ann.page.locator("#log li:visible .text").all_text_contents() == ["before", "meanwhile"]


def test_a_message_of_many_lines(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """It fills no screen, and it is said how much more there is."""
    ann = open_tab(page).register("ann").create("ops")
    room.say("x\n" * 3_999)
    room.say("short")
    ann.until("#log li[data-more='3,983 more lines: scroll in it']")
    ann.until("#log li:not([data-more]):has-text('short')")
    assert ann.page.evaluate("document.querySelector('#log li').offsetHeight") < 500


def test_a_flood_of_rooms(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """Hundreds of rooms are listed at once, not one by one."""

    async def births() -> None:
        for number in range(300):
            await room.server.tell({"type": "single-room", "message": f"room {number}"})

    ann = open_tab(page).register("ann")
    ann.page.evaluate(
        "() => new MutationObserver(() => { window.times = (window.times ?? 0) + 1; })"
        ".observe(document.querySelector('#rooms'), { childList: true })"
    )
    room.do(births())
    ann.until("#rooms button:has-text('room 299')")
    assert ann.page.locator("#rooms li").count() == 300
    assert ann.page.evaluate("window.times") < 30


def test_by_keyboard_alone(page: str, open_tab: OpenTab) -> None:
    """From the name to a message and out again, without a mouse; the focus is not lost, nor taken away."""
    ann = open_tab(page)
    ann.until("#name:focus")
    keyboard = ann.page.keyboard
    keyboard.type("ann")
    keyboard.press("Enter")
    ann.until("#room:focus")
    keyboard.type("keys")
    keyboard.press("Enter")
    ann.until("#message:focus")
    keyboard.type("two")
    keyboard.press("Shift+Enter")
    keyboard.type("lines")
    keyboard.press("Enter")
    ann.until("#log li.mine")
    assert ann.texts == ["two\nlines"]
    for _ in range(2):
        keyboard.press("Shift+Tab")
    ann.until("#leave:focus")
    ann.page.evaluate("() => document.activeElement.blur()")  # as who reads
    open_tab(page).register("bob").join("keys")
    ann.until(".notice:has-text('bob joined')")
    assert ann.page.evaluate("() => document.activeElement.localName") == "body"
    ann.page.focus("#leave")
    keyboard.press("Enter")
    ann.until("#room:focus")
