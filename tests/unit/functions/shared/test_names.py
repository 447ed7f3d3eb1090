"""Names: which items are whose, and what a refusal says."""

import pytest

from tests.support.doubles import BLAMELESS, CAUGHT, MISSED
from tests.support.functions.people import Connect, Tables
from wschat.functions.shared.names import looks_like
from wschat.protocol.events import Error, Signup
from wschat.protocol.names import clean_name
from wschat.protocol.refusals import ErrorCode


@pytest.mark.parametrize(
    ("name", "other", "says"),
    [
        ("com", "corn", "co\\u{6d} looks like co\\u{72}\\u{6e}"),
        ("\u0412\u043eb", "Bob", "\\u{412}\\u{43e}b looks like Bob"),
        ("Joe", "\u0408\u043e\u0435", "Joe looks like \\u{408}\\u{43e}\\u{435}"),
    ],
)
def test_looks_like(name: str, other: str, says: str) -> None:
    """The letters that make the difference are spelled out."""
    assert looks_like(name, other) == says


def test_doubles(connect: Connect) -> None:
    """What is caught is refused while somebody has the name, whatever the token, and free after that.

    Some are tried of what has a key in common: `tests/unit/protocol/test_skeleton.py` tells which have.
    """
    bot = connect()
    for there, wanted, _ in [*CAUGHT[::3], *BLAMELESS[:1], *MISSED[:1]]:
        somebody = connect(there, token="secret")
        reply = bot.ask("register", wanted, token="another")
        if (there, wanted) in {(one, other) for one, other, _ in MISSED}:
            assert isinstance(reply, Signup), wanted
        else:
            assert isinstance(reply, Error), wanted
            assert reply.code == ErrorCode.NAME_TAKEN
            name = clean_name(wanted)
            which = "" if name == there else f"{looks_like(name, there)}: "
            assert reply.message == f"{which}somebody else has that name"
            somebody.end()
            assert bot.ask("register", wanted).type == "signup"
        somebody.end()
        bot.end()
        bot = connect()


def test_not_by_the_token_either(connect: Connect) -> None:
    """Who has a name's token takes the name back, and no other that looks like it."""
    connect("Bob", token="secret")
    reply = connect().ask("register", "\u0412ob", token="secret")
    assert isinstance(reply, Error)
    assert reply.message == "\\u{412}ob looks like Bob: somebody else has that name"
    reply = connect().ask("register", "Bob", token="another")
    assert isinstance(reply, Error)
    assert reply.message == "somebody else has that name"


def test_written_otherwise(connect: Connect, tables: Tables) -> None:
    """Whose name is written otherwise from now on has the keys of that, and those of the old one no more."""
    ann = connect("Tom", token="secret")
    assert ann.ask("register", "TOM", token="secret").type == "signup"
    assert names(tables) == {"name#tom", "name#TOM", "name#torn"}
    back = connect("tom", token="secret")
    assert names(tables) == {"name#tom", "name#torn"}
    assert back.ask("create", "Ops").type == "multi-message"
    assert back.ask("register", "TOM", token="secret") == Signup("tom", ("Ops",), id="7")
    assert names(tables) == {"name#tom", "name#torn"}
    back.end()
    assert names(tables) == set()


def names(tables: Tables) -> set[str]:
    return {key for key in tables() if key.startswith("name#")}
