"""AWS's service models, read once in a process: botocore reads them anew for each session."""

from functools import cache

import botocore.hooks
import botocore.session

botocore.session.create_loader = cache(botocore.session.create_loader)
# A look at the signature of each handler is half of a session's time.
botocore.hooks.accepts_kwargs = lambda _handler: True  # type: ignore[assignment,return-value]
LOADER = botocore.session.Session().get_component("data_loader")
