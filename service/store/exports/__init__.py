"""Exports, and the rows that go into them, some at a time."""
