"""The written report of a period (004 9.1.3): frozen figures, charts, findings and definitions, as one PDF."""
