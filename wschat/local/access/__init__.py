"""Who may ask the local lab for what: its owner, the people in its IAM, and its functions.

Begin with `front`, which all that comes over HTTP goes through; `signatures` tells who signed it, and
`shortcuts` is what MiniStack need not do then. `root` is the key of the root user, in a file that its owner
alone can read, and `sessions` what a function signs with; `managed_policies` are those of AWS's that
MiniStack lacks.
"""
