"""Which life of the database this is."""
