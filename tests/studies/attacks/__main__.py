"""Attack people in a local lab, and tell what they saw: `python -m tests.studies.attacks`."""

import asyncio
import sys

from tests.studies.attacks.attacks import ATTACKS
from tests.studies.storm.__main__ import bring
from tests.support.emulator import account_in_emulator


def main() -> int:
    """Bring a lab, and show each attack; 1 if one that can be held off was not."""
    with account_in_emulator() as (cloud, _):
        url = bring(cloud)
        seen = [(attack, asyncio.run(attack.act(url))) for attack in ATTACKS]
    for attack, each in seen:
        print(f"{'held off' if each.held else 'it works'}: {attack.what}\n    {each.what}")
    return int(not all(each.held for _, each in seen[1:]))


if __name__ == "__main__":
    sys.exit(main())
