"""What visits and jobs count: kept as they change, counted as they are asked for."""
