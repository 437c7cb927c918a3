"""What other systems are told, and who they are."""
