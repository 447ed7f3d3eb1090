"""What a person chooses for a lab, and what it is made with if they say nothing.

Begin with `choices`, which the tags of the tables keep: a role, a boundary, a path, tags; `throttle` is how
many requests the stage takes.
"""
