"""What the desk keeps by hand."""
