"""Jobs, their log of facts, and what follows from them."""
