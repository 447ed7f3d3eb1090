"""What the seven functions share, and is no lesson of its own.

Begin with `request`, which decodes a request and encodes its reply. `dynamodb` reads, `writes` writes, and
tries again what met another transaction, both by `dynamodb_client`. `broadcast` posts to many by
`management_api`, and prunes who is gone; `workers` do what goes on meanwhile; `aws` sends what both ask of
AWS. `membership` is how one leaves a room or is cut off, `seats` whose places are kept, `overdue` what nobody
came back to, `names` which items a name has, `rooms` what other items say of a room, `new_rooms` whether one
may be made, `history` where its messages are. `invocation` writes the structured log.
"""
