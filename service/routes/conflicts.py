"""The conflict journal: two values for one field, set unaware of each other, and what became of them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseKind
from domain.people.actor import Actor
from service.cases import conflict_journal
from service.cases.conflict_journal import ConflictEntry, ConflictPage
from service.http.endpoint import get
from service.http.errors import Refused
from service.store.cases import case_pages, cases
from service.store.cases.case_pages import ConflictQuery


@get("/v1/conflicts", right="read_cases")
async def list_conflicts(actor: Actor, db: AsyncConnection, query: ConflictQuery) -> ConflictPage:
    """List the conflicts of your outlets, oldest first, each with all that there is to know.

    Both values with author, role, device, corrected time and its grade; the value before both; the rule that chose,
    and why, in Chinese and English; every decision and every undo. POST /v1/cases/{id}/decision decides or undoes.
    """
    found, cursor = await case_pages.conflicts(db, actor, query)
    items = tuple(conflict_journal.entry_of(each) for each in found)
    return ConflictPage(items=items, next_cursor=cursor, has_more=cursor is not None)


@get("/v1/conflicts/{conflict_id}", right="read_cases", problems=("not_found",))
async def read_conflict(actor: Actor, db: AsyncConnection, conflict_id: UUID) -> ConflictEntry:
    """Read one conflict of the journal."""
    stored = await cases.find(db, actor.org_id, actor.outlet_ids, conflict_id)
    if stored is None or stored.kind != CaseKind.CONFLICT:
        raise Refused("not_found")
    return conflict_journal.entry_of(stored)
