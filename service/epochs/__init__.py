"""Epochs: noticing that the database is another one, or an older state of it, and opening a new epoch then."""
