"""The page in a real browser, against the local lab: people talk, are cut off, and come back."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.web.conftest import OpenTab
from tests.e2e.web.tab import served
from tests.support.terminal import terminal
from wschat.cli.local import PROVISION
from wschat.local.join import LocalLab, join

HIDE = """() => {
  Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A state directory with a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="ws") as place:
        yield Path(place)


@pytest.fixture(scope="module")
def lab(state: Path, browser: object) -> Iterator[LocalLab]:  # noqa: ARG001  without a browser it is not needed
    """A local lab."""
    with join(state, PROVISION, progress=lambda _: None) as lab:
        yield lab


@pytest.fixture(scope="module")
def page(lab: LocalLab) -> Iterator[str]:
    """The address of the lab's page."""
    with served(lab.url) as address:
        yield address


def test_two_tabs_and_a_terminal(state: Path, lab: LocalLab, open_tab: OpenTab) -> None:
    """`wschat web --local` joins the lab; who is in its pages and who is in a terminal share a room."""
    env = {"WSCHAT_STATE_DIR": str(state)}
    with (
        terminal("web", "--local", "--no-open", env=env) as web,
        terminal("chat", "--local", "--name", "tim", env=env) as tim,
    ):
        told = web.until("Ctrl-C stops it.")
        assert lab.url not in told
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
        assert ann.page.locator("#users li").all_text_contents() == ["ann", "bob", "tim"]
        tim.type("/quit")
        tim.end()
        ann.until(".notice:has-text('tim left')")
        bob.page.click("#leave")
        bob.until("#create")
        ann.until(".notice:has-text('bob left')")
        ann.page.click("#leave")
        bob.until("#no-rooms")
        web.press("\x03")
        web.until("Stopped.")
        assert web.end() == 0


def test_a_reload_and_a_copy(page: str, open_tab: OpenTab) -> None:
    """A reload is the same person in the same room; a duplicated tab is somebody new."""
    ann, bob = open_tab(page).register("ann3"), open_tab(page).register("bob3")
    ann.create("kept")
    bob.join("kept")  # so that the room outlives the reload
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
    ann, bob = open_tab(page), open_tab(page).register("bob4")
    for name, says in (
        ("", "write something"),
        ("x" * 33, "at most 32"),
        ("a#b", "must not contain"),
        ("BOB4", "has that name"),
    ):
        ann.enter("name", name)
        ann.until(f"#name-error:has-text('{says}')")
        assert ann.page.get_attribute("#name", "aria-invalid") == "true"
        assert ann.page.input_value("#name") == name
    ann.register("ann4")
    assert ann.page.text_content("#name-error") == ""
    bob.create("room4")
    ann.until("#rooms button:has-text('room4')")
    ann.enter("room", "Room4")
    ann.until("#room-error:has-text('join it')")
    ann.join("room4")
    ann.say("x" * 4001)
    ann.until("#message-error:has-text('at most 4000')")
    assert len(ann.page.input_value("#message")) == 4001
    ann.say("👩‍👩‍👧‍👦" * 500)
    bob.until("#log li:has-text('👩‍👩‍👧‍👦')")


def test_reading_above(page: str, open_tab: OpenTab) -> None:
    """Who reads further up stays there, and is told how many are new; a hidden tab counts in its title."""
    ann, bob = open_tab(page, size=(800, 400)).register("ann6"), open_tab(page).register("bob6")
    ann.create("talk")
    bob.join("talk")
    bob.say("\n".join(f"line {number}" for number in range(40)))
    ann.until("#log li:has-text('line 39')")
    ann.page.hover("#scroll")
    ann.page.mouse.wheel(0, -150)
    ann.page.wait_for_function("() => document.querySelector('#scroll').scrollTop < -100")
    for text in ("one", "two"):
        bob.say(text)
    ann.until("#news:has-text('2 new')")
    assert ann.page.evaluate("() => document.querySelector('#scroll').scrollTop") < -100
    ann.page.click("#news")
    ann.page.wait_for_function("() => document.querySelector('#scroll').scrollTop === 0")
    ann.page.wait_for_selector("#news", state="hidden")
    ann.page.evaluate(HIDE)
    bob.say("three")
    ann.page.wait_for_function("() => document.title === '(1) talk · wschat'")
    ann.page.evaluate(HIDE.replace("true", "false"))
    assert ann.page.title() == "talk · wschat"


def test_by_keyboard_alone(page: str, open_tab: OpenTab) -> None:
    """From the name to a message and out again, without a mouse; the focus is not lost, nor taken away."""
    ann = open_tab(page)
    ann.until("#name:focus")
    keyboard = ann.page.keyboard
    keyboard.type("ann7")
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
    open_tab(page).register("bob7").join("keys")
    ann.until(".notice:has-text('bob7 joined')")
    assert ann.page.evaluate("() => document.activeElement.localName") == "body"
    ann.page.focus("#leave")
    keyboard.press("Enter")
    ann.until("#room:focus")
