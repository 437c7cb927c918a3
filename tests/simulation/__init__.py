"""An independent model of phones, networks and people, and a checker that trusts none of what it checks.

`history` plays one seeded history against a server (in memory, or the real one), `checker` judges what is left:
the ledgers of all devices, and the server's final state as plain JSON. `python -m tests.simulation --help`.
"""
