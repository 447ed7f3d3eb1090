"""What this machine and its settings give: folders, proxies, and signals.

Nothing here knows of labs or chats. Begin with `paths`, where files are kept; `proxy` is what stands before a
host, and `signals` lets a program that is told to end do so.
"""
