"""The ledger of parts."""
