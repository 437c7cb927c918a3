"""Background work: what is asked for, and who does it."""
