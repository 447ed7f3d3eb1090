"""Every failure, everywhere: `python -m tests.studies.sweep` fails each call of provision and teardown.

Each case has a copy of a world of its own, with MiniStack in the process that tries it. Where a provision
failed it is copied once more: in one copy provision is run again and has to reach the state of a clean run,
in the other teardown has to leave nothing.

Not tried, as it is the same by construction: a fault after a call that only reads, or that AWS refuses
(nothing took effect, so it is the fault before it); a fault that stays, and a kill of a real process, at
more than one call of each operation (DEATH ends the run at every write).
"""
