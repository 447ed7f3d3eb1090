"""The control plane of WebSocket APIs: MiniStack's, in AWS's shapes, whoever asks it, CloudFormation as well.

Begin with `apis`, which serves it and reads it; `parts` is what AWS takes of an API's parts, `shapes` what it
answers, and `stacks` what CloudFormation makes.
"""
