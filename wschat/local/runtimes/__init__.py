"""The processes in which functions run: where their calls to AWS's hosts end.

Begin with `workers`, which starts them with `aws_hosts.py` or `aws_hosts.js` before all else. Whatever client
a function calls AWS with, its connection ends in the local lab, as if that were AWS.
"""
