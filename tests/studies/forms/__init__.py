"""Answers of AWS in forms that nobody expects, and what the commands make of them.

`warps` has the forms, `trials` the account, the commands and what must hold. Begin with `trials`.
"""
