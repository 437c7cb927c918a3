"""Cells of tables: text is written so that no spreadsheet takes it for a formula."""

from datetime import date, datetime
from uuid import UUID

# What a spreadsheet begins to calculate at, or skips to get there (OWASP: CSV injection).
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | bool | date | datetime | UUID | None


def harmless(text: str) -> str:
    """Text that stays text: with an apostrophe before what would begin a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text


def plain(cell: Cell) -> str | int | bool | date | datetime | None:
    """What a table holds: ids and text as harmless text, all else as it is."""
    if isinstance(cell, UUID):
        return str(cell)
    return harmless(cell) if isinstance(cell, str) else cell


def written(cell: Cell) -> str:
    """For CSV: RFC 3339, true and false, nothing for nothing."""
    found = plain(cell)
    if found is None:
        return ""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, date):
        return found.isoformat()
    return str(found)
