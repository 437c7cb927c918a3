"""Cases: what waits for a person is read, decided, and released from quarantine."""
