"""Cases: everything that waits for a person. Findings, conflicts, double bookings, facts that were set aside."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseChoice
from domain.people.actor import Actor
from service.cases import decisions, reading, releases
from service.cases.contents import Case, CasePage
from service.cases.decisions import DecideCase
from service.cases.releases import ReleaseHeld, Releases
from service.http.endpoint import get, post
from service.store.cases import case_pages
from service.store.cases.case_pages import CaseQuery


@get("/v1/cases", right="read_cases")
async def list_cases(actor: Actor, db: AsyncConnection, query: CaseQuery) -> CasePage:
    """List the cases of your outlets, oldest first."""
    found, cursor = await case_pages.page(db, actor, query)
    zone = await reading.zone_of(db, actor)
    items = tuple(reading.line_of(each, zone) for each in found)
    return CasePage(items=items, next_cursor=cursor, has_more=cursor is not None)


@get("/v1/cases/{case_id}", right="read_cases", problems=("not_found",))
async def read_case(actor: Actor, db: AsyncConnection, case_id: UUID) -> Case:
    """Read one case: both values or the record as sent, what may be chosen, what is suggested."""
    return await reading.whole_case(db, actor, case_id)


@post(
    "/v1/cases/{case_id}/decision",
    right="decide_cases",
    problems=("not_found", "case_decided_already", "nothing_to_undo", "cannot_release", "gate_refused"),
    example=DecideCase(choice=CaseChoice.ACCEPT, reason="已与顾客核实"),
)
async def decide_case(actor: Actor, db: AsyncConnection, case_id: UUID, body: DecideCase) -> Case:
    """Decide a case.

    On a finding or conflict the decision is a fact of its job, and `undo` takes the one that stands back by another:
    the field has its former value again, and the case waits. `release` puts a fact that was set aside into the
    log, byte for byte, in the name of its author and at the time when it happened; `discard` leaves it out for good.
    """
    await decisions.decide(db, actor, await reading.whole_case(db, actor, case_id), body)
    return await reading.whole_case(db, actor, case_id)


@post(
    "/v1/jobs/{job_id}/releases",
    right="decide_cases",
    problems=("not_found",),
    example=ReleaseHeld(reason="数据恢复后核对无误", codes=("job_unknown", "not_your_visit", "not_your_job")),
)
async def release_held(actor: Actor, db: AsyncConnection, job_id: UUID, body: ReleaseHeld) -> Releases:
    """Let everything that was set aside about a job into its log, in one transaction.

    As `release` on each of its cases, in the order in which it arrived. What cannot enter the log waits on, and is
    named with the reason. A job that was lost itself is opened again under its id first, unless its opening waits too.
    """
    return await releases.release_all(db, actor, job_id, body)
