"""Ten seconds of the storm; `python -m tests.storm` is a minute of it."""

from tests.storm.__main__ import storm
from tests.storm.lines import here


def test_storm() -> None:
    """Sixty people act at random: afterwards everything fits, and nobody lacks a message that was due."""
    with here() as lab:
        done, wrong = storm(lab, people=60, seconds=10)
    assert wrong == []
    assert done["acked"] > 50
    assert done["deliveries that were due"] > done["acked"]
    assert done["cut, silently"] > 0
