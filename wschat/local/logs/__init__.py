"""What API Gateway writes to CloudWatch Logs, where a stage asks for it: its execution log, and access logs.

Begin with `execution`, one request at an integration and its lines; `access` is the row of a format of one's
own. `cloudwatch` puts both where they are read; `retention` lets go of what is old, and of old metrics.
"""
