"""The on-site evidence index: what visits show of a scoring scheme, and what they cannot. Never a grade."""
