"""`wschat learn`: the lessons, at a terminal and for scripts; a file each command.

`options` has what they share, and which lesson is meant, `place` where one learns. Begin with `list`, then
`show`; `learn` is what runs where none of them is called: the `dialogue`. `checking`, `doing` and `by_hand`
are its parts and the commands', `pages` shows texts.
"""
