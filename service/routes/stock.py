"""Stock: what lies in depots and vans, what moved it, and where each part was fitted."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import Unit
from domain.dispatch.readiness import PartReadiness
from domain.people.actor import Actor
from domain.stock import StockOperationKind
from service.desk import readiness, stock
from service.desk.stock import NewStockOperation
from service.http.endpoint import Output, get, post
from service.seed.company import sample_id
from service.store.stock import ledger as stock_ledger
from service.store.stock import old_parts
from service.store.stock import pages as stock_pages
from service.store.stock.ledger import StockMovement, StockMovementPage, StockMovementQuery
from service.store.stock.old_parts import OldPartPage, OldPartQuery
from service.store.stock.pages import StockBalancePage, StockBalanceQuery, StockUsePage, StockUseQuery


class VisitReadiness(Output, frozen=True, kw_only=True):
    """Whether everything that the visit needs is in its technician's van."""

    visit_id: UUID
    technician_id: UUID
    ready: bool
    parts: tuple[PartReadiness, ...]


_ISSUE = NewStockOperation(
    id=UUID("6d0c5c2e-8f0b-4b0a-9c36-2f1a0a6e1b75"),
    kind=StockOperationKind.ISSUED,
    part_code="P-AC-011",
    quantity_thousandths=2000,
    unit=Unit.PIECE,
    from_location_id=sample_id("outlet", "HZ01"),
    to_location_id=sample_id("member", "HZ0107"),
)


@post(
    "/v1/stock/operations",
    right="edit_stock",
    status=201,
    problems=("not_found", "already_exists", "stock_short", "serial_elsewhere"),
    example=_ISSUE,
)
async def record_stock_operation(actor: Actor, db: AsyncConnection, body: NewStockOperation) -> StockMovement:
    """Receive, issue, return, count or scrap parts.

    The line is added to the ledger and never changed; a mistake is corrected by another one. Sent again with the same
    `id` and content, it answers the line that is stored. A technician records returns and counts of their own van.
    What visits used is not recorded here: it follows from the jobs.
    """
    return await stock.record(db, actor, body)


@get("/v1/stock/operations", right="read_stock")
async def list_stock_operations(actor: Actor, db: AsyncConnection, query: StockMovementQuery) -> StockMovementPage:
    """List the ledger of your outlets' depots and vans, newest first; a technician's own van and depots."""
    return await stock_ledger.page(db, actor, query)


@get("/v1/stock/balances", right="read_stock")
async def list_stock_balances(actor: Actor, db: AsyncConnection, query: StockBalanceQuery) -> StockBalancePage:
    """List what lies where, by location and part. Below zero, more was used than was known to be there."""
    return await stock_pages.balances(db, actor, query)


@get("/v1/stock/uses", right="read_stock")
async def list_stock_uses(actor: Actor, db: AsyncConnection, query: StockUseQuery) -> StockUsePage:
    """Find where a part, a batch or a serial number was fitted, in the jobs that you see, newest first."""
    return await stock_pages.uses(db, actor, query)


@get("/v1/stock/old-parts", right="read_stock")
async def list_old_parts(actor: Actor, db: AsyncConnection, query: OldPartQuery) -> OldPartPage:
    """List parts that were taken out and are unaccounted for, in the jobs that you see, oldest first.

    Either nobody said what became of one, or it was to come back and has not been handed in (`old_part_returned`).
    """
    return await old_parts.page(db, actor, query)


@get("/v1/jobs/{job_id}/visits/{visit_id}/readiness", right="read_jobs", problems=("not_found",), tag="stock")
async def read_visit_readiness(actor: Actor, db: AsyncConnection, job_id: UUID, visit_id: UUID) -> VisitReadiness:
    """Look, before departure, whether the parts that the visit needs are in the van.

    Needed is what its plan names, and what an earlier visit of the job missed and nobody has fitted since.
    """
    visit, parts = await readiness.of_visit(db, actor, job_id, visit_id)
    return VisitReadiness(
        visit_id=visit.id,
        technician_id=visit.technician_id,
        ready=all(part.short_thousandths == 0 for part in parts),
        parts=tuple(parts),
    )
