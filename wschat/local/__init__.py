"""The lab on this machine, without an account: one process, shared by all who use it.

Begin with `join`: it joins the lab that runs, or starts one. `process` is the lab's process; it ends with its
last user, and `provisioner` is the program that fills it. `shared` has their files, lock and messages,
`environment` their environment variables. `gateway` is what the lab serves: a WebSocket API Gateway that
behaves like AWS's, and MiniStack for all other services.
"""
