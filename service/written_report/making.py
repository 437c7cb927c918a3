"""Making a written report in the background: count, draw, set; a client can read how far it is."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.kpis.query import ReportQuery
from domain.people.actor import Actor
from service.paper.typesetting import ordered, typeset
from service.store.reports import written_reports
from service.work.own_process import in_own_process
from service.work.turn import Kind, NoDetails, Turn
from service.written_report import charts
from service.written_report.drawing import charts_of
from service.written_report.figures import gather
from service.written_report.printed import printed

STEPS = 3
KEPT_FOR = timedelta(days=400)
"""So that a year's report lies beside that of the year before."""
MOST_KEPT = 200
"""Of one member's reports, the newest."""


class MakeReport(Struct, frozen=True):
    """Which report, and for whose eyes."""

    report_id: UUID
    actor: Actor
    report: ReportQuery
    language: str


async def make(turn: Turn, details: MakeReport) -> None:
    """Made again after a crash it is counted anew; the last one that is kept stands."""
    at = datetime.now(UTC)
    async with turn.database.patient_reader() as db:
        figures = await gather(db, details.actor, details.report, at)
    await turn.progress(1, STEPS)
    drawn = msgspec.json.decode(await in_own_process(charts.draw, msgspec.json.encode(charts_of(figures))))
    await turn.progress(2, STEPS)
    paper = await in_own_process(typeset, ordered("written_report", printed(figures, details.language, drawn), at))
    async with turn.database.transaction() as db:
        await written_reports.keep(db, turn.org_id, details.report_id, msgspec.json.encode(figures), paper)
    await turn.progress(STEPS, STEPS)


async def clear(turn: Turn, _details: NoDetails) -> None:
    """Forget old reports, and what is too much of one member."""
    async with turn.database.transaction() as db:
        await written_reports.clear(db, turn.org_id, KEPT_FOR, MOST_KEPT)


WRITTEN_REPORT = Kind(name="written_report", details=MakeReport, handle=make, heavy=True, seconds=120)
CLEAR_REPORTS = Kind(name="clear_reports", details=NoDetails, handle=clear, daily_at=time(3, 45))
