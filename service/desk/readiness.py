"""Readiness: whether the parts that a visit needs are in its technician's van."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.dispatch.readiness import Need, PartReadiness, missed_by_visit, needs, readiness
from domain.job.document import Job
from domain.job.visit import Visit
from domain.people.actor import Actor
from service.desk import actions
from service.store.jobs import facts, job_pages
from service.store.stock import balances as stock_balances


async def of_visit(
    db: AsyncConnection, actor: Actor, job_id: UUID, visit_id: UUID
) -> tuple[Visit, list[PartReadiness]]:
    """The visit and its parts in the order of their codes, or `not_found`."""
    job = await job_pages.job(db, actor, job_id)
    visit = actions.visit_of(job, visit_id)
    needed = await _needs(db, actor, job, visit)
    ends = [visit.technician_id, *([] if job.outlet_id is None else [job.outlet_id])]
    places = [(location_id, need.part_code) for location_id in ends for need in needed]
    lies = await stock_balances.at_places(db, actor.org_id, places)
    depot = job.outlet_id or visit.technician_id
    return visit, [
        readiness(need, lies[visit.technician_id, need.part_code], lies[depot, need.part_code]) for need in needed
    ]


async def _needs(db: AsyncConnection, actor: Actor, job: Job, visit: Visit) -> list[Need]:
    """The log is read only where an earlier visit missed something: the document keeps no quantities."""
    missed = any(earlier.missing_parts for earlier in job.visits if earlier.id != visit.id)
    log = (await facts.logs(db, actor.org_id, [job.id]))[job.id] if missed else []
    return needs(job, visit, missed_by_visit(job, log))
