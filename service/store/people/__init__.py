"""Members, their devices, and how they sign in."""
