"""The lab made by the real `aws` program: what `provision --commands` writes, run by bash.

`aws_program` makes the environment that this program has of its own. Begin with `__main__`.
"""
