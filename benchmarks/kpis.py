"""`python -m benchmarks.kpis [--measures 1000000]`: monthly reports over two years of 500 technicians in 20 outlets.

Measures are made by SQL, as wide as those of a visit that went well; the reports run as the API runs them. The
database is a fresh one of its own, with the parameters that the product starts it with.
"""

import argparse
import asyncio
import hashlib
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psutil
from msgspec.structs import replace
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from domain.kpis.query import Filters, GroupBy, ReportQuery, Span
from domain.people.actor import Actor, Role
from service import embedded_postgres
from service.database import Database, open_database, sqlalchemy_url
from service.kpis.results import results
from service.running.migrate import migrate
from service.settings import Settings
from service.store.measures.tallies import COUNTED, tallies

FIRST_DAY, MONTHS = date(2024, 1, 1), 24
OUTLETS, TECHNICIANS = 20, 500
MONTH = (date(2025, 6, 1), date(2025, 6, 30))
REPEATS = 5
JOB_KPIS = (
    *("K01", "K04", "K06", "K07", "K08", "K08b", "K09b", "K09c", "K10", "K12", "K12a", "K12b", "K12c", "K14", "K15"),
    *("K16", "K17", "K20", "K20b", "K21", "K24", "K30", "K33", "K39b", "E-material", "E-quality", "E-promise"),
)
VISIT_KPIS = (
    "K03",
    "K11a",
    "K11b",
    "K13b",
    "K23",
    "K26",
    "K27",
    "K29",
    "K29b",
    "K31b",
    "K32",
    "K36",
    "K37",
    "K38",
    "K40",
)

PLACES = """
INSERT INTO organisations (org_id, code, name) VALUES (:org, 'bench', 'bench')
"""
OUTLET_ROWS = """
INSERT INTO outlets (org_id, id, code, name, city, area, latitude, longitude, coordinate_system,
    time_zone, complaint_line)
SELECT :org, md5('outlet' || n)::uuid, 'O' || n, 'O' || n, '杭州', 'city', 30.27, 120.15, 'wgs84',
    'Asia/Shanghai', '1'
FROM generate_series(1, cast(:outlets AS integer)) n
"""
JOB_ROWS = """
INSERT INTO jobs (org_id, id, number, outlet_id, work_type, priority, status, technician_ids, opened_at, changed_at,
    open_cases, version, memory, chain)
SELECT :org, md5('job' || n)::uuid, 'J' || n, md5('outlet' || 1 + n % cast(:outlets AS integer))::uuid, 'repair',
    'normal', 'closed', '{}', now(), now(), 0, 1, '', ''
FROM generate_series(1, cast(:jobs AS integer)) n
"""
MEASURE_ROWS = """
INSERT INTO measures (org_id, job_id, place, visit_id, outlet_id, technician_id, product_code, fault_group, work_type,
    priority, time_zone, asset_id, reported_at, repeat_of, completed_at, watched_until, first_day, last_day, kpis, days,
    decided_at, numerators, denominators, excluded, low_graded, seconds)
SELECT :org, md5('job' || n)::uuid, place, CASE WHEN place > 0 THEN md5('visit' || n)::uuid END,
    md5('outlet' || 1 + n % outlets)::uuid, md5('technician' || n % technicians)::uuid, 'P' || n % 40, 'F' || n % 60,
    'repair', 'normal', 'Asia/Shanghai', CASE WHEN place = 0 THEN md5('asset' || n / 3)::uuid END,
    day - 1 + time '10:00', 'request', CASE WHEN place = 0 THEN day + time '11:00' END,
    CASE WHEN place = 0 THEN day + 31 + time '16:00' END, day, day + CASE WHEN place = 0 THEN 7 ELSE 1 END, kpis,
    ARRAY(SELECT day + CASE WHEN k IN ('K16', 'K17') THEN 7 ELSE 0 END FROM unnest(kpis) k),
    ARRAY(SELECT day + 1 + time '02:00' FROM unnest(kpis) k),
    ARRAY(SELECT (n / 7 + ascii(right(k, 1))) % 2 FROM unnest(kpis) k),
    ARRAY(SELECT 1 FROM unnest(kpis) k),
    ARRAY(SELECT CASE WHEN n % 50 = 0 AND k = 'K04' THEN 'quote_refused' END FROM unnest(kpis) k),
    ARRAY(SELECT n % 30 = 0 FROM unnest(kpis) k),
    ARRAY(SELECT CASE WHEN k IN ('K01', 'K07', 'K09b', 'K29', 'K36') THEN n % 9000 END FROM unnest(kpis) k)
FROM (
    SELECT n, cast(:first_day AS date) + n % cast(:days AS integer) AS day, cast(:kpis AS text[]) AS kpis,
        cast(:place AS integer) AS place, cast(:outlets AS integer) AS outlets,
        cast(:technicians AS integer) AS technicians
    FROM generate_series(1, cast(:jobs AS integer)) n
) AS made
"""


async def fill(owner_url: str, org_id: UUID, measures: int) -> None:
    """Half of them of jobs, half of visits, spread evenly over days, outlets and technicians."""
    shared = {"org": org_id, "outlets": OUTLETS, "jobs": measures // 2}
    spread = {"technicians": TECHNICIANS, "first_day": FIRST_DAY, "days": MONTHS * 30}
    engine = create_async_engine(sqlalchemy_url(owner_url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as db:
        await db.execute(text(PLACES), {"org": org_id})
        await db.execute(text(OUTLET_ROWS), {"org": org_id, "outlets": OUTLETS})
        await db.execute(text(JOB_ROWS), shared)
        for place, kpis in enumerate((JOB_KPIS, VISIT_KPIS)):
            await db.execute(text(MEASURE_ROWS), {**shared, **spread, "place": place, "kpis": list(kpis)})
        await db.execute(text("VACUUM ANALYZE"))
    await engine.dispose()


async def measure(database: Database, org_id: UUID) -> None:
    """Each report several times: how long it took, and the processor time of its connection's process."""
    outlet_id = UUID(bytes=hashlib.md5(b"outlet1", usedforsecurity=False).digest())
    month = ReportQuery(first_day=MONTH[0], last_day=MONTH[1])
    outlet = replace(month, filters=Filters(outlet_id=outlet_id))
    asked = {
        "a month, one outlet": outlet,
        "a month, one outlet, by technician": replace(outlet, group_by=GroupBy.TECHNICIAN),
        "a month, the organisation": month,
        "a month, the organisation, by outlet": replace(month, group_by=GroupBy.OUTLET),
        "a year by month, one outlet": replace(outlet, first_day=date(2024, 7, 1), span=Span.MONTH),
        "a month, the organisation, one KPI": replace(month, kpis=("K08",)),
    }
    actor = Actor(org_id, uuid4(), uuid4(), Role.ADMIN, (), "zh")
    for name, report in asked.items():
        await _timed(database, actor, name, report)
    async with database.reader() as db:
        await _plan(db, actor, month)


async def _timed(database: Database, actor: Actor, name: str, report: ReportQuery) -> None:
    took, spent, figures = [], [], 0
    for _ in range(REPEATS):
        async with database.reader() as db:
            backend = psutil.Process(await db.scalar(text("SELECT pg_backend_pid()")))
            before, started = sum(backend.cpu_times()[:2]), time.perf_counter()
            figures = len(await results(db, actor, report, datetime.now(UTC)))
            took.append(time.perf_counter() - started)
            spent.append(sum(backend.cpu_times()[:2]) - before)
    print(
        f"{name:38} {figures:>6} figures   median {statistics.median(took) * 1000:7.0f} ms"
        f"   best {min(took) * 1000:7.0f} ms   processor {statistics.median(spent) * 1000:7.0f} ms",
        flush=True,
    )


async def _plan(db: AsyncConnection, actor: Actor, report: ReportQuery) -> None:
    """How PostgreSQL goes about the largest of them."""
    rows = tallies(actor, report, (), lists=COUNTED)
    statement = select(rows.c.kpi, func.sum(rows.c.numerator)).group_by(rows.c.kpi)
    spelt = statement.compile(dialect=db.dialect, compile_kwargs={"literal_binds": True})
    for (line,) in await db.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY ON) {spelt}")):
        print(line)


async def _run(measures: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = embedded_postgres.start(Path(folder) / "data")
        try:
            await migrate(server.owner_url)
            async with open_database(server.app_url, Settings(statement_seconds=600)) as database:
                org_id, started = uuid4(), time.perf_counter()
                await fill(server.owner_url, org_id, measures)
                print(f"{measures:,} measures made in {time.perf_counter() - started:.0f} s", flush=True)
                await measure(database, org_id)
        finally:
            server.stop()


def main() -> None:
    """Parse, make, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measures", type=int, default=1_000_000)
    asyncio.run(_run(parser.parse_args().measures))


if __name__ == "__main__":
    main()
