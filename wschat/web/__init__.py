"""The page of the chat room in a browser, its server on this machine, and its export."""
