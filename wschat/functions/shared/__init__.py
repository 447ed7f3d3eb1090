"""What the seven functions share, and is no lesson of its own.

`dynamodb` reads, `writes` writes, and tries again what met another transaction; both over `session`.
`request` decodes a request and encodes its reply, `invocation` writes the structured log. `broadcast` posts
to many by `management_api`, in `workers`, and prunes who is gone; `membership` is how one leaves a room,
`history` where a room's messages are.
"""
