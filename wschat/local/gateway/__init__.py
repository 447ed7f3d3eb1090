"""A WebSocket API Gateway that behaves like AWS; everything else of the local lab is MiniStack's.

What API Gateway does with a frame reads top to bottom in `gateway`; what it decides is in the modules
without I/O (`api`, `events`, `answers`, `limits`); `sockets`, `management`, `functions`, `iam` and `catalog`
are its edges, and `server` joins them with MiniStack in one process.
"""
