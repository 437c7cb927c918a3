"""What so many cost, in whole fen: half a fen counts as one. The same when it is quoted and when it is checked."""

MOST_UNITS = 1_000
MOST_FEN = 1_000_000_000_000


def amount_of(quantity_thousandths: int, unit_price_fen: int) -> int:
    """Quantity times price."""
    return (quantity_thousandths * unit_price_fen + 500) // 1000


def percent_of(amount_fen: int, percent: int) -> int:
    """So much of a hundred."""
    return (amount_fen * percent + 50) // 100
