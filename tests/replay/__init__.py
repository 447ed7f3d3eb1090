"""A recording run through the readers, the error classes and the local gateway: what is different?"""
