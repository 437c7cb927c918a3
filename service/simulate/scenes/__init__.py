"""What happens in the day: each scene is one order or one crossing, and says what must come of it."""
