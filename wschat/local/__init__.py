"""The lab on this machine, without an account: one process, shared by all who use it.

Begin with `join`: it joins the lab that runs, or starts one; `own` starts one beside it, for a command or
for tests (`pytest_plugin`). `process` is the lab's process, which ends with its last user; `connection`
is a user's end of that. `provisioner` is the program that fills it. `shared` has their files,
lock and messages, `environment` their environment variables, `lines` what happens in the lab, for people, and
`logs` for CloudWatch. `access` is who may ask it for what, `runtimes` where functions' calls to AWS end, and
`gateway` what the lab serves: a WebSocket API Gateway that behaves like AWS's, beside MiniStack's services.
"""
