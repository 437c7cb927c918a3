"""Exports: what the figures rest on, as tables for spreadsheets and programs, or as a pack that can be verified."""
