"""What waits for a person: findings and what is broken, the kinds of cases, their words."""
