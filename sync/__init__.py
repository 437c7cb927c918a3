"""How devices and the server agree: records, clocks, cursors, and the merge. Pure; imports domain and msgspec only.

The protocol in one paragraph: a device pushes facts and gets one outcome for each; it pulls documents with a cursor
and gets every document of its scope that changed, every document it must purge, and the next cursor. Merging is set
union of facts and one fold, so there is nothing else to agree on.
"""
