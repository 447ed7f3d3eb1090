"""The chat client: a terminal, a pipe or a program on one side, the lab's WebSocket API on the other.

Begin with `machine`, a pure function that decides everything: `update(state, event) -> (state, effects)`.
`client.py` feeds it what happens and does what it wants; `network` is its WebSocket, `ui` what a person or
program sees. `start.py` is what the command line calls: it shows the input line, then loads the rest;
`settings.py` is what a person may set.
"""
