"""The lab by hand: what one types or enters in place of `wschat provision`, made of the same resources.

`calls` lets the steps of a plan tell which calls of AWS they make, by letting them make these: that can't go
stale. `commands` writes them for a shell, to be pasted, and `script` as a whole for bash. `console` tells
where in the AWS console the same values are entered.

Begin with `calls`.
"""
