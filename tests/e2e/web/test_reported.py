"""What others reported of chats in browsers does not happen in the page."""

from tests.e2e.web.conftest import OpenTab
from tests.studies.reported.library import IN_A_PAGE
from tests.support.threaded import ThreadedServer


def test_it_holds(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """Each check passes, one after the other in the same room."""
    tab = open_tab(page).register("ann").create("ops")
    for case in IN_A_PAGE:
        case.check(tab, room)
