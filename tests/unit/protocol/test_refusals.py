"""The codes of the wire are what their names say."""

from wschat.protocol.refusals import ErrorCode


def test_codes() -> None:
    """A code is its name in kebab case: clients compare with it for ever."""
    assert [code.value for code in ErrorCode] == [code.name.lower().replace("_", "-") for code in ErrorCode]
