"""The command line: parses options, calls the packages below, and shows what they return.

Begin with `app`: the commands, and the one place that shows the error that ends the program. Each command
is a function in the module of its name, imported when it is called. They share `options`, `which_lab`
(what to chat at), `aws` (connect, look, ask, carry out a plan) and `drills` (what stays hidden); `console`
and `report` print.
"""
