"""How much memory an evidence pack takes: the peak of a process that packs 1,000 jobs, and of one that packs 10,000.

`python -m benchmarks.evidence`: a database of its own, jobs recorded as pushes record them, each pack made by a process
of its own. What to look at is the ratio of the two peaks.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from benchmarks.company import SYMPTOM
from domain.kpis.query import ReportQuery
from domain.people.actor import Actor, Role
from service import embedded_postgres
from service.database import Database, open_database
from service.exports.making import ExportSubject, MakeExport, make
from service.recording.batch import Batch
from service.recording.recording import record_committed
from service.running.migrate import migrate
from service.seed.company import sample_id
from service.seed.sample import seed_sample
from service.settings import Settings
from service.store.exports import exports
from service.store.work.turns import Taken
from service.work.turn import Turn
from sync.candidates import Author
from sync.clock import Exchange

SIZES = (1_000, 10_000)
AT_ONCE = 100
NOW = datetime.now(UTC)
_HOURS = count()
"""No two visits at the same hour: an overlap would open a case."""


class _Alone(Turn):
    """A turn that nobody watches."""

    async def progress(self, done: int, total: int) -> None:
        """Nobody asks."""


def main() -> None:
    """Record, pack, record more, pack again."""
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(_packed(*sys.argv[1:]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        server = embedded_postgres.start(Path(folder) / "data")
        try:
            asyncio.run(migrate(server.owner_url))
            _measure(server.app_url, folder)
        finally:
            server.stop()


def _measure(url: str, folder: str) -> None:
    peaks, done = [], 0
    org_id = asyncio.run(_seeded(url))
    for size in SIZES:
        asyncio.run(_recorded(url, org_id, size - done))
        done = size
        command = [sys.executable, "-m", "benchmarks.evidence", url, str(org_id), folder]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
        peaks.append(told["peak_bytes"])
        print(
            f"{told['jobs']:>6} jobs {told['seconds']:7.1f} s {told['size_bytes']:>12,} bytes"
            f"   peak {told['peak_bytes'] / 2**20:6.1f} MiB"
        )
    print(f"peak of {SIZES[1]:,} jobs / peak of {SIZES[0]:,} jobs: {peaks[1] / peaks[0]:.3f}")


async def _seeded(url: str) -> UUID:
    async with open_database(url, Settings()) as database, database.transaction() as db:
        return (await seed_sample(db, password_hash="")).org_id


async def _recorded(url: str, org_id: UUID, number: int) -> None:
    async with open_database(url, Settings(statement_seconds=60)) as database:
        for _ in range(0, number, AT_ONCE):
            await record_committed(database, _batch(org_id), _facts())


def _batch(org_id: UUID) -> Batch:
    desk = Author(
        member_id=sample_id("member", "dispatch.hz01"), role=Role.DISPATCHER, device_id=uuid4(), outlet_ids=()
    )
    exchange = Exchange(server_at=datetime.now(UTC), device_at=None, uptime_ms=None, boot_id=None)
    return Batch(org_id=org_id, author=desk, exchange=exchange)


def _facts() -> list[bytes]:
    opened = {"outlet_id": sample_id("outlet", "HZ01"), "work_type": "repair", "symptom": SYMPTOM, "warranty": "paid"}
    found = []
    for _ in range(AT_ONCE):
        job_id, visit_id, begins = uuid4(), uuid4(), NOW + timedelta(hours=next(_HOURS))
        window = {"window_start": begins, "window_end": begins + timedelta(hours=1)}
        work = {"work_start": begins, "work_end": begins + timedelta(hours=1)}
        planned = {"technician_id": sample_id("member", "HZ0107"), **window, **work}
        common = {"job_id": job_id, "happened_at": NOW}
        found.append({**common, "id": uuid4(), "base_version": 0, "job_opened": opened})
        found.append({**common, "id": uuid4(), "base_version": 1, "visit_id": visit_id, "visit_planned": planned})
        found += [
            {**common, "id": uuid4(), "base_version": 2, "note_added": {"text": f"{SYMPTOM} {number}"}}
            for number in range(8)
        ]
    return [msgspec.json.encode(each) for each in found]


async def _packed(url: str, org: str, folder: str) -> dict[str, float]:
    """In a process of its own, so that its peak is that of the pack."""
    settings = Settings(data_directory=folder, statement_seconds=60)
    org_id, export_id = UUID(org), uuid4()
    actor = Actor(org_id, sample_id("member", "admin"), uuid4(), Role.ADMIN, (), "zh")
    report = ReportQuery(first_day=date(2020, 1, 1), last_day=date(2029, 1, 1))
    details = MakeExport(export_id, actor, report, ExportSubject.EVIDENCE, "zip")
    async with open_database(url, settings) as database:
        await _asked(database, actor, export_id)
        taken = Taken(org_id, uuid4(), "export", {}, 1, NOW)
        begun = time.perf_counter()
        await make(_Alone(database, settings, uuid4(), taken), details)
        seconds = time.perf_counter() - begun
        async with database.reader() as db:
            export = await exports.find(db, actor, export_id)
    assert export is not None
    assert export.rows is not None
    assert export.size_bytes is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"jobs": export.rows, "seconds": seconds, "size_bytes": export.size_bytes, "peak_bytes": peak}


async def _asked(database: Database, actor: Actor, export_id: UUID) -> None:
    values = {"subject": "evidence", "format": "zip", "period": {}, "purpose": "assessment"}
    async with database.transaction() as db:
        await exports.add(db, actor, export_id, {**values, "expires_at": NOW + timedelta(days=1)})


if __name__ == "__main__":
    main()
