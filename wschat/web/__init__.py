"""The page of the chat room in a browser, its server on this machine, and its export.

Begin with `chat.js`: what the page asks and hears on the wire. `connection.js` connects and reconnects,
`view.js` shows, `wires.js` says it as other functions than ours read it. `page` is these files with the lab's
URL and a Content-Security-Policy set, also for a static host; `server` serves them on this machine alone, and
signs each connection where the lab asks for that.
"""
