"""What AWS and the WebSocket said, written down where `WSCHAT_RECORD` names a directory.

Begin with `recorder`, which writes each call, handshake and message; `redaction` replaces in them what is
secret, or tells whose an account is. The format stands in `tests/recordings/README.md`.
"""
