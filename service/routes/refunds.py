"""Money that is due back to customers."""

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http.endpoint import get
from service.store.jobs import refunds
from service.store.jobs.refunds import RefundPage, RefundQuery


@get("/v1/refunds", right="read_cases")
async def list_refunds(actor: Actor, db: AsyncConnection, query: RefundQuery) -> RefundPage:
    """List the refunds that are due in your outlets' jobs, the nearest deadline first.

    Due is what was asked back, or what was paid above the bills without anybody asking. A job leaves the list with its
    last `refunded`.
    """
    return await refunds.page(db, actor, query)
