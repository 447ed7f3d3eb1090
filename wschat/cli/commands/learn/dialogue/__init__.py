"""The lessons at a terminal: what one types, and what comes of it.

Begin with `loop`, which asks by `prompt` what to do, and does it; `latest` is the lab as it was found last,
and `pager` shows what is long.
"""
