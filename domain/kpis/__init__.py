"""KPIs: what they are called, how they are counted, what is asked of them. Counting itself is for the store."""
