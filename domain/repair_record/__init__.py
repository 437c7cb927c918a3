"""The repair record: what it must tell, what its checklists came to, with which codes it is written."""
