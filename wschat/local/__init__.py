"""The lab on this machine, without an account."""
