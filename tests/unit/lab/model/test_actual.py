"""What was read of a lab: which of several is meant, and of which nobody knows whose it is."""

from itertools import permutations

from wschat.lab.attributes.answers import Unknown
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.model.actual import Observed

GROUP = LogGroup(name="/aws/lambda/Connect", retention_days=14)


def test_which_of_several() -> None:
    """The one with a tag is meant, then the oldest, then the first id, in whatever order they come."""
    meant = Observed(GROUP, "b", created=1.0)
    others = Observed(GROUP, "c", created=1.0), Observed(GROUP, "a", created=2.0)
    by_hand = Observed(GROUP, "a", created=0.5, by_hand=True)
    for order in permutations((meant, *others, by_hand)):
        assert min(order, key=lambda each: each.rank) is meant


def test_unknown() -> None:
    """Whose it is, or by which id it is changed, may be what nobody can tell."""
    assert [each.unknown for each in (Observed(GROUP, "a"), Observed(GROUP, "a", managed=False))] == [
        False
    ] * 2
    assert Observed(GROUP, "a", managed=None).unknown
    assert Observed(GROUP, Unknown("a")).unknown
