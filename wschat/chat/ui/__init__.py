"""How the chat looks: in a terminal, through a pipe, as JSON lines for programs, in a transcript.

Begin with `rendering`, which makes styled lines of what is to be shown; `ansi` makes text for a terminal of
them. `terminal` prints it above the input line of `prompt`, whose keys are in `keys`. `pipe` reads and writes
lines, plain ones (typed at a `keyboard`) or those of `json_lines`; `links` finds URLs and where they lead;
`transcript` keeps a log.
"""
