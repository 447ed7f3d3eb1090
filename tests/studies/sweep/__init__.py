"""Every failure, everywhere: `python -m tests.studies.sweep` fails each call of provision and teardown.

It goes once through a clean provision and then a clean teardown, with MiniStack in its own process. At
each call it forks a copy of itself for each fault; the call fails in the copy alone, and what follows is
tried there. Where a provision failed, the copy forks once more: in one world provision is run again and
has to reach the state of a clean run, in the other teardown has to leave nothing.

Not tried, as it is the same by construction: a fault after a call that only reads, or that AWS refuses
(nothing took effect, so it is the fault before it); a fault that stays, and a kill of a real process, at
more than one call of each operation (DEATH ends the run at every write).
"""
