"""The table is Unicode's, of the version that its generator names, and nobody has touched it since."""

import re
import unicodedata

import pytest

from tests.confusables import ADDRESS, MODULE, head, parse, text
from wschat.protocol.skeleton import prototypes, table


def test_the_module_is_not_stale() -> None:
    """What its generator writes of the same entries stands there: `python -m tests.confusables` mends it."""
    entries = {chr(code): prototype for code, prototype in prototypes().items()}
    assert table() == text(entries)
    assert MODULE.read_text(encoding="utf-8").startswith(head(entries))


def test_another_file_is_refused() -> None:
    """The generator takes the official file of its version, and says where that is."""
    with pytest.raises(ValueError, match=re.escape(ADDRESS)):
        parse(b"0430 ;\t0061 ;\tMA\n")


def test_what_the_entries_are() -> None:
    """Each is of a letter that is seen; nothing looks like '#', by which items are kept apart."""
    assert len(prototypes()) == 6565
    assert not [each for each in prototypes().values() if "#" in each]
    assert all(unicodedata.category(chr(code)) != "Cf" for code in prototypes())
