"""The customer's own view of one job: who is at the door, what it will cost; without sign-in, by a link."""
