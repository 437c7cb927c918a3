"""The planted half year, counted twice: by the service from facts, and here from the scenario's plain records."""
