"""Names by their folds: however a name is written, there is one of it."""

from wschat.chat.machine.names import by_fold, put, without


def test_names() -> None:
    """The newest comes last, as it is written now, and any spelling takes it away."""
    names = by_fold(("Ops", "dev"))
    assert [*names.values()] == ["Ops", "dev"]
    assert [*put(names, "OPS").values()] == ["dev", "OPS"]
    assert [*without(names, "ops").values()] == ["dev"]
    assert without(names, "nobody") == names
    assert len(names) == 2, "they stay as they were"
