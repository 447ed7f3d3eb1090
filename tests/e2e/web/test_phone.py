"""On a phone, by touch: all that can be done elsewhere can be done in its few pixels."""

from tests.e2e.web.conftest import OpenTab

SIZE = (360, 640)
IN_VIEW = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
}"""


def test_another_room_from_within_one(page: str, open_tab: OpenTab) -> None:
    """One makes a room while one is in another; the form goes then, and stays when it was refused."""
    ann = open_tab(page, size=SIZE, touch=True).register("ann").create("ops")
    assert ann.page.is_hidden("#create")
    ann.page.tap("#more")
    ann.until("#room:focus")
    for part in ("#room", "#create button", "#more", "#message"):
        assert ann.page.evaluate(IN_VIEW, part), part
    ann.page.fill("#room", "ops")
    ann.page.tap("#create button")
    ann.until("#room-error:has-text('such a room')")
    ann.page.fill("#room", "second")
    ann.page.tap("#create button")
    ann.until("#title:has-text('second')")
    ann.until("#message:focus")
    assert ann.page.is_hidden("#create")
    assert ann.page.get_attribute("#more", "aria-expanded") == "false"
    ann.page.tap("#more")
    ann.page.tap("#more")
    assert ann.page.is_hidden("#create")
