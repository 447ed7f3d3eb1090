"""What a lesson has one see: the half-built lab is asked something, and what comes is shown, raw.

Begin with `observe`, which makes an observation; `known` says which there are. `sockets` has those that
connect, `account` those that ask AWS; `scene` is what both get: the lab, and what to show by.
"""
