"""What facts can break, and how a visit moves: data."""
