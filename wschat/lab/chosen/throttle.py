"""How many requests a stage takes: what keeps a stranger who has its URL from running up the bill."""

from dataclasses import dataclass

OFF = "off"
FORM = r"off|(?!0+(\.0+)?(/|$))[0-9]{1,6}(\.[0-9]{1,3})?(/0*[1-9][0-9]{0,5})?"
"""A throttle as it is typed: RATE or RATE/BURST, neither of them 0, of which a stage takes nothing at all."""
BURST = 200
"""Requests of a route at once, by default.

A class of thirty takes 30 of `$connect`, `register` and `join` each to come in, and as many again when their
connections are cut. AWS does not say whether routes without a throttle of their own share the stage's: of
these, coming in and a cut then take 90 together, of `$connect` and `$disconnect`.
"""


@dataclass(frozen=True)
class Throttle:
    """So many requests a second on average, and so many at once: a token bucket of API Gateway's."""

    rate: float
    burst: int = BURST

    def __str__(self) -> str:
        return f"{self.rate:g}/{self.burst}"

    def share(self, share: float) -> dict[str, float]:
        """Return the settings of a route that takes a share of the rate; its burst costs nothing for long."""
        return {"ThrottlingBurstLimit": self.burst, "ThrottlingRateLimit": round(self.rate * share, 6)}


DEFAULT = Throttle(4.0)


def throttle(text: str | None) -> Throttle | None:
    """Return the throttle that a text of that `FORM` means; None for `off`, the default for no text."""
    if not text or text == OFF:
        return None if text else DEFAULT
    rate, _, burst = text.partition("/")
    return Throttle(float(rate), int(burst or BURST))
