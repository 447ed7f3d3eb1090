"""The twenty drills."""

from wschat.learn.drills.functions import FUNCTION_DRILLS
from wschat.learn.drills.gateway import GATEWAY_DRILLS

DRILLS = tuple(sorted((*FUNCTION_DRILLS, *GATEWAY_DRILLS), key=lambda drill: drill.number))
