"""What the business says: facts, the job they fold into, and the rules they are held against.

Nothing here reads a clock, a file or the network; it imports the standard library and msgspec only.
Read `facts`, then `job`, then `fold`.
"""
