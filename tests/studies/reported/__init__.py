"""What people reported of other chats and terminals, tried here: a library of others' bugs.

Begin with `library`, which has all cases; `case` says what one is. They are in `pipes`, `texts`,
`terminals` and `pages`, by where they happen.
"""
