"""A WebSocket API Gateway that behaves like AWS's, beside MiniStack, which is all other services.

Begin with `gateway`: what API Gateway does with a handshake, a message, a post and an end, top to bottom.
What it decides is in modules without I/O: `model` (routes, stages), `events`, `ids`, `responses`, `shapes`
and `quotas`. Its edges are `sockets` (one port for HTTP and WebSockets), `open_connection`, `invocation` (of
functions), `iam`, `management` and `control_plane`; `server` joins them with MiniStack in one event loop.
"""
