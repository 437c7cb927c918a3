"""Files that facts name, bytes that arrive, and what is kept of them."""
