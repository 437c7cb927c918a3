"""The job document: what the facts of one job come to."""
