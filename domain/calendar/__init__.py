"""Working days, holidays, and the clocks that count them."""
