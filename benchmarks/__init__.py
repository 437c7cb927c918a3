"""What the data paths do, measured against a live server: `python -m benchmarks`."""
