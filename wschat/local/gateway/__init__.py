"""A WebSocket API Gateway that behaves like AWS's, beside MiniStack, which is all other services.

Begin with `gateway`: what API Gateway does with a handshake, a message, a post and an end, top to bottom.
What it decides is in modules without I/O: `model` (routes, stages), `events`, `ids`, `responses`, `quotas`,
and `admission` (who may connect). Its edges are `sockets` (one port for HTTP and WebSockets), `iam`,
`open_connection`, `invocation` (of functions) and `management`; `server` joins them with MiniStack in one
event loop.
"""
