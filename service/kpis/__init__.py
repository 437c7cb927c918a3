"""KPIs: the figures of a period as an actor may see them, and what one job counts for them."""
