"""Two values for one field: which stands, and why."""
