"""Setting service reports in the background."""

from uuid import UUID

import msgspec
from msgspec import Struct

from service.paper.typesetting import ordered, typeset
from service.service_report.content import Report
from service.service_report.printed import printed
from service.store.jobs import service_reports
from service.work.own_process import in_own_process
from service.work.turn import Kind, Turn

_REPORT = msgspec.json.Decoder(Report)


class SetReport(Struct, frozen=True):
    """Which report."""

    report_id: UUID


async def set_report(turn: Turn, details: SetReport) -> None:
    """Set it once; a second turn finds nothing to do."""
    async with turn.database.reader() as db:
        found = await service_reports.frozen(db, turn.org_id, details.report_id)
    if found is None:
        return
    values = printed(_REPORT.decode(found.content), found.language, found.code)
    paper = await in_own_process(typeset, ordered("service_report", values, found.created_at))
    async with turn.database.transaction() as db:
        await service_reports.keep_paper(db, turn.org_id, details.report_id, paper)


SERVICE_REPORT = Kind(name="service_report", details=SetReport, handle=set_report, seconds=60)
