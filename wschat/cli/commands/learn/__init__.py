"""`wschat learn`: the lessons, at a terminal and for scripts; a file each command.

`options` has what they share, and which lesson is meant, `place` where one learns. Begin with `list`, then
`show`; `learn` is what runs where none of them is called: `loop` asks by `prompt` what to do, and does it.
`checking`, `doing` and `by_hand` are its parts and the commands', `pages` and `pager` show texts.
"""
