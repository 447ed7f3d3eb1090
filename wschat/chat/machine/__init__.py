"""The chat as a state machine without I/O: `update(state, event)` returns the next state, and its effects.

Begin with `update.py`, which lists the events: each applies itself to a turn, in the part that it is about,
such as `connection.py` (opened, lost, restored, renewed), `incoming.py` (the server's frames, of which
`replies.py` takes those that answer us) or `update.py` (what is typed; `client_commands.py` does what needs
no server). They share `outgoing.py` (requests), `answers.py` (what a frame answers), `room.py` (one stay in
a room) and `news.py` (who comes and goes). `state.py` is the whole state, `names.py` finds names in it,
`effects.py` is what is wanted and shown. `advice.py` says what a refusal means, and what to do.
"""
