"""What a person does to one job, or to stock, at a desk or online: checked first, then recorded at once."""
