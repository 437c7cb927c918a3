"""What tells of people: how long it is kept, and what was erased."""
