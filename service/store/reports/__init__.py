"""Written reports, and the names on them."""
