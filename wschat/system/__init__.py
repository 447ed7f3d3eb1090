"""What this machine and its settings give: files, standard streams, ports, proxies, and signals.

Nothing here knows of labs or chats. Begin with `paths`, where files are kept; `files` refuses what is none,
and `streams` lets a program go on whose readers have gone. `ports` are to be
listened on, `proxy` is what stands before a host, and `signals` lets a program that is told to end do so.
"""
