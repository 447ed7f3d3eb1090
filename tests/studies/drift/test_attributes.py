"""Each attribute that AWS tells of a lab's resources is compared, or stands under those not looked at."""

import pytest

from tests.studies.drift.attributes import SHAPES, decided, told


@pytest.mark.parametrize("kind", SHAPES)
def test_every_attribute(kind: str) -> None:
    """Each is decided once; a new one that a new botocore knows has to be, too."""
    assert sorted(told(kind)) == sorted(decided(kind))
