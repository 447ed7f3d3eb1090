"""The regions of AWS, as far as botocore's own list has them."""

import re
from typing import Any


def regions() -> frozenset[str]:
    """Return the regions of all partitions that botocore knows; a newer one may be missing."""
    from botocore.loaders import create_loader  # botocore takes longer to load than all that asks for them

    listed: Any = create_loader().load_data("partitions")
    names = (name for partition in listed["partitions"] for name in partition["regions"])
    return frozenset(name for name in names if re.search(r"-\d+$", name))  # `aws-global` and such are none
