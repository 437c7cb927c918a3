"""Erasing what is kept no longer than its purpose needs."""
