"""Many rows in one statement: what is bound side by side comes back as it was."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, MetaData, Table, Text, Uuid

from service.database import Database
from service.store.sets import array_text, parameters, rows_of

AWKWARD = [
    "",
    "NULL",
    "null",
    '"',
    "\\",
    "\\n",
    "\n\t\r\b\f\x01\x7f",
    "{a,b}",
    "', '",
    "空调",
    "🔧 é",
    "a\\u0041",
    None,
]
KINDS: dict[str, tuple[Any, Sequence[object]]] = {
    "text": (Text(), AWKWARD),
    "plain text": (Text(), ["K01", "空调", '"', None]),
    "ids": (Uuid(), [UUID(int=0), UUID(int=2**128 - 1), None]),
    "numbers": (BigInteger(), [0, -1, 2**63 - 1, -(2**63), None]),
    "truths": (Boolean(), [True, False, None]),
    "days": (Date(), [date.min, date(2026, 2, 28), date.max, None]),
    "moments": (
        DateTime(timezone=True),
        [
            datetime.min.replace(tzinfo=UTC),
            datetime(2026, 1, 1, 0, 0, 0, 1, UTC),
            datetime.max.replace(tzinfo=UTC),
            None,
        ],
    ),
}


async def came_back(database: Database, kind: Any, values: Sequence[object]) -> list[object]:
    table = Table("given", MetaData(), Column("value", kind), Column("place", BigInteger()))
    query = rows_of(table, "value", "place")
    async with database.reader() as db:
        given = parameters(("value", "place"), [(value, place) for place, value in enumerate(values)])
        return [value for value, _ in sorted(await db.execute(query, given), key=lambda row: row.place)]


@pytest.mark.parametrize("name", KINDS)
async def test_values_come_back_as_they_were_bound(database: Database, name: str) -> None:
    kind, values = KINDS[name]

    assert await came_back(database, kind, values) == list(values)


async def test_a_moment_is_the_same_in_whatever_zone_it_is_told(database: Database) -> None:
    told = datetime(2026, 5, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))

    assert await came_back(database, DateTime(timezone=True), [told]) == [told]


async def test_lists_come_back_as_lists(database: Database) -> None:
    values = [["K01", "K02"], [], ["空调"]]

    assert await came_back(database, ARRAY(Text()), [array_text(each) for each in values]) == values


async def test_no_rows_are_no_rows(database: Database) -> None:
    assert await came_back(database, Text(), []) == []
