"""What may be repaired, with which parts, at which price."""
