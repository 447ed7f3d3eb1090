"""The local lab's process, which serves MiniStack and the gateway, and ends with the last of its users.

Begin with `__main__`: it starts its `children` before it loads anything else, and then runs the `lab`.
`users` are those who use it.
"""
