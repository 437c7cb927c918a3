"""Who should go, and what they need."""
