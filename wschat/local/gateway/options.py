"""What `wschat local` lets one change of the gateway."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True)
class GatewayOptions:
    """Some of API Gateway's quotas, by default as on AWS, and faults to inject.

    Attributes:
        idle_timeout: seconds without a message, either way, until a connection is closed.
        max_age: seconds that a connection may live.
        rate: requests a second in the whole account; half as many may come at once, or one.
        shuffle: deliver what is done at the same time in a hostile order.
        drop: how many connections a minute are cut at random.
    """

    idle_timeout: float = 600.0
    max_age: float = 7200.0
    rate: float = 10_000.0
    shuffle: bool = False
    drop: float = 0.0

    def encode(self) -> str:
        """Write the options, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what `encode` wrote."""
        return cls(**json.loads(text))


AS_ON_AWS = GatewayOptions()
