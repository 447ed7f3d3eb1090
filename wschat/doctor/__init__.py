"""Finds the cause of what does not work: looks from outside and inside, and tells at most three findings.

What is looked at becomes facts, which pure rules turn into findings, the likeliest first. Begin with
`causes`, the one list of what can be wrong; then `findings`, which weighs them, and `outside` and `inside`,
which look.
"""
