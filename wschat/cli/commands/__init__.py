"""The commands: each module of this folder is one, and a folder is a group of them.

Each has the function of its name, whose arguments are its options, and imports what takes long only when
it is called. Begin with `provision`; what they share stands beside this folder.
"""
