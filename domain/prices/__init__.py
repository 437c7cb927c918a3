"""What prices may be."""
