"""`wschat learn`: the lessons, at a terminal and for scripts; a file each command.

`options` has what they share, and which lesson is meant. Begin with `list`, then `show`; `learn` is what runs
where none of them is called.
"""
