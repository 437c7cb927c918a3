"""Telling other systems what happened: Standard Webhooks 1.0, at least once, in order for each job.

`service.store.webhooks.events.announce` writes events in the transaction that caused them. Each second one crew puts
what has committed into its order, and asks for a task for each webhook that has something to be sent (`rounds`). The
task sends (`delivering`), to an address that was looked at first (`addresses`), signed (`signing`).
"""
