"""The set-up of a person's machine, by which AWS is reached; its faults are told as that, and not as AWS's.

Begin with `settings`, which knows where each of botocore's settings stands; `checks` tells whether what one
names can be used. `credentials` gets the credentials, and `prompts` asks a person for what they take;
`models` has what clients are made of read sooner.
"""
