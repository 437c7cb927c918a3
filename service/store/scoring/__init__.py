"""Schemes, profiles, snapshots and improvement actions."""
