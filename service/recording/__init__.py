"""How a job changes: read, lock, merge, keep. Nothing else writes facts, jobs or their documents."""
