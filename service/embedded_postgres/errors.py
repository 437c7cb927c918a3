class PostgresUnavailable(Exception):  # noqa: N818 - it names what is so, as the business errors do
    """PostgreSQL cannot run here; the text says why and what to do, for the person at the terminal."""
