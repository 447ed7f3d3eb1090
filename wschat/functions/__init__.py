"""The seven Lambda functions of the lab, each to be read as a lesson, and `shared`, which is no lesson.

Begin with `connect`, then `send_message`. Each has `handler(event, context)`, which Lambda calls, and its own
calls of DynamoDB, in the order in which they happen. Beside a call of `shared` that makes further ones stands
which, by the actions of the function's policy. They are packed by name (`wschat/lab/bundle.py`).
"""
