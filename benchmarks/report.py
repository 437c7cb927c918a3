"""`python -m benchmarks.report [--measures 1000000]`: how long a written report of twelve months takes.

On the measures of `benchmarks.kpis`; counted, drawn and set as the background task does it.
"""

import argparse
import asyncio
import hashlib
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from benchmarks.kpis import fill
from domain.kpis.query import Filters, ReportQuery
from domain.people.actor import Actor, Role
from service import embedded_postgres
from service.database import Database, open_database
from service.paper.typesetting import ordered, typeset
from service.running.migrate import migrate
from service.settings import Settings
from service.work.own_process import in_own_process
from service.written_report import charts
from service.written_report.drawing import charts_of
from service.written_report.figures import gather
from service.written_report.printed import printed

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def main() -> None:
    """Parse, make, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measures", type=int, default=1_000_000)
    asyncio.run(_run(parser.parse_args().measures))


async def _run(measures: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = embedded_postgres.start(Path(folder) / "data")
        try:
            await migrate(server.owner_url)
            async with open_database(server.app_url, Settings(statement_seconds=600)) as database:
                org_id = uuid4()
                await fill(server.owner_url, org_id, measures)
                outlet_id = UUID(bytes=hashlib.md5(b"outlet1", usedforsecurity=False).digest())
                await _measured(database, org_id, "a year, one outlet", Filters(outlet_id=outlet_id))
                await _measured(database, org_id, "a year, the organisation", Filters())
        finally:
            server.stop()


async def _measured(database: Database, org_id: UUID, name: str, filters: Filters) -> None:
    actor = Actor(org_id, uuid4(), uuid4(), Role.ADMIN, (), "zh")
    report = ReportQuery(first_day=YEAR[0], last_day=YEAR[1], filters=filters)
    at, begun = datetime.now(UTC), time.perf_counter()
    async with database.reader() as db:
        figures = await gather(db, actor, report, at)
    counted = time.perf_counter()
    drawn = msgspec.json.decode(await in_own_process(charts.draw, msgspec.json.encode(charts_of(figures))))
    drew = time.perf_counter()
    paper = await in_own_process(typeset, ordered("written_report", printed(figures, "zh", drawn), at))
    ended = time.perf_counter()
    print(
        f"{name:28} counted {counted - begun:5.1f} s, drawn {drew - counted:5.1f} s, set {ended - drew:5.1f} s:"
        f" {ended - begun:5.1f} s, {len(paper):,} bytes",
        flush=True,
    )


if __name__ == "__main__":
    main()
