"""The functions' logs, for people and programs.

Begin with `cloudwatch`, which reads them, of one function or all, and follows them in the order of time;
`newest` finds the end of a long log; `lines` says what a line is: a function's, or what Lambda writes about
it, in both formats.
"""
