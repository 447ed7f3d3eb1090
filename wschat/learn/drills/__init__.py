"""Drills: one thing in a lab is broken, and somebody has to find it.

Begin with `drill`: what one is; `gateway` and `functions` have them all, and `states` what each makes of a
lab. `work` breaks, tells whether it is mended, and mends; what no resource of a lab is, `denial` makes.
"""
