"""The processes in which functions run: where their calls to AWS's hosts end, and what they log.

Begin with `workers`, which starts them with `aws_hosts.py` or `aws_hosts.js` before all else. Whatever client
a function calls AWS with, its connection ends in the local lab, as if that were AWS. `log_end` marks in a
function's log where an invocation ends, for `call_log`, which
`marked_worker` reads; `waiting` is how the answers are waited for.
"""
