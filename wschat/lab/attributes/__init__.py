"""The attributes of resources: how AWS's answers are read, what differs of them, and how people read that.

An answer may lack what was expected, or hold it in another form: that ends nothing but the line that needs
it. Begin with `attributes`; then `answers`, which are read tolerantly, and `wording`.
"""
