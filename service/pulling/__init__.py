"""What changed for a device, from index to socket."""
