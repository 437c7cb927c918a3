"""The `onsite` command: start, migrate, seed, look what is wrong, stop."""
