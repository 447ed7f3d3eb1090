"""What a lab is: its names, the resources that it has, and what of them exists.

What should exist and what does exist are values of the same classes, so a plan is their difference.
Begin with `resource`, which says what each kind has to know; `lab` has its names and its tag, and `actual`
what was read.
"""
