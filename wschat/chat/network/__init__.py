"""The chat's network: the WebSocket, what its failures mean, and a check of a lab that uses nothing else.

Begin with `connection.py`, one WebSocket session, and `connections.py`, those of a chat. `failures.py` says
what a refused handshake or a close code means. `lab_check.py` is the check that a lab works, which follows
`wschat provision`, and `serving.py` how long that goes on; `event_loop.py` is the asyncio loop of all.
"""
