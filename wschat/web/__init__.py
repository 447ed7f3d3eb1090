"""The page of the chat room in a browser, its server on this machine, and its export.

Begin with `chat.js`: what the page asks and hears on the wire. `connection.js` connects and reconnects,
`forms.js` takes what people do, `view.js` shows, `text.js` makes harmless what others write, `frames.js`
shows the frames, `storage.js` keeps what outlives a reload, `wires.js` says it as other functions than ours
read it. `page` is these files with the lab's URL and a Content-Security-Policy set; `export` writes them for
a static host; `server` serves them on this machine to who has its address, and signs each connection where
the lab asks for that.
"""
