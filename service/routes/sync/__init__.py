"""Push and pull: how phones and desks come to hold the same jobs."""
