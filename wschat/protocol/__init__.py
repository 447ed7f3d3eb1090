"""The wire: what client and functions say to each other in JSON text frames, and its limits.

Begin with `requests`, what a client asks. `events` is what the server sends, the reply with the request's id
among them; `refusals` says why a request can't be done; `limits` has the limits, `names` how names compare. A
function packs what it imports of these. The client's alone are `reader`, which reads events, and `wires`: how
they are said where other functions than ours answer, as `wire` and `lab_wire` have it.
"""
