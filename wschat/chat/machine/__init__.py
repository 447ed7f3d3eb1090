"""The chat as a state machine without I/O: `update(state, event)` returns the next state, and its effects.

Begin with `update.py`. `state.py` is the whole state; `events.py` is what happens to it, `effects.py` what it
wants done, `items.py` what it shows. What changes it, by part: `connection.py` (opened, lost, restored,
renewed), `outgoing.py` (requests), `incoming.py` (the server's frames), `room.py` (one stay in a room),
`commands.py` (what a person types). `advice.py` says what a refusal means, and what to do about it.
"""
