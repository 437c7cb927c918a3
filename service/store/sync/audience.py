"""The audience of documents: one row for each scope and document, stamped with the transaction that changed it.

A pull reads these rows and nothing else, so granting, withdrawing, "away and back" and plain change are one query.
"""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_
from sqlalchemy.dialects.postgresql import insert

from domain.bookings import due_at
from domain.job.document import Job
from domain.scope import holders
from service.store.sets import parameters, rows_of
from service.store.tables import CURRENT_TRANSACTION, NOW, audience

_COLUMNS = ("scope_id", "document_id", "visible", "reason", "due_at")
_ROWS = rows_of(audience, *_COLUMNS).add_columns(bindparam("of_org", type_=Uuid()))
_INSERT = insert(audience).from_select([*_COLUMNS, "org_id"], _ROWS)
SAVE_AUDIENCE = _INSERT.on_conflict_do_update(
    index_elements=["org_id", "scope_id", "document_id"],
    set_={
        "visible": _INSERT.excluded.visible,
        "reason": _INSERT.excluded.reason,
        "due_at": _INSERT.excluded.due_at,
        "xid": CURRENT_TRANSACTION,
        "changed_at": NOW,
    },
    # Whoever has been told to purge a document is not told of its further changes.
    where=or_(audience.c.visible, _INSERT.excluded.visible),
)
"""Stamp documents as changed, or as withdrawn, for the scopes that `prepared` gives."""


def prepared(org_id: UUID, before: Iterable[Job], after: Iterable[Job]) -> dict[str, Any]:
    """For `SAVE_AUDIENCE`: these jobs as changed for their outlets and technicians, or as withdrawn from them.

    Whoever held a job and is not named in it any more, because a plan was corrected or taken back, has lost it too.
    """
    rows = [
        (scope_id, new.id, reason is None, reason, due_at(new))
        for old, new in zip(before, after, strict=True)
        for scope_id, reason in _scopes_of_change(old, new)
    ]
    return parameters(_COLUMNS, sorted(rows, key=itemgetter(0, 1))) | {"of_org": org_id}


def scopes(job: Job) -> Iterable[tuple[UUID, str | None]]:
    """The scopes of a job: its outlet always, its technicians until it is withdrawn from them, with the reason."""
    if job.outlet_id is not None:
        yield job.outlet_id, None
    yield from holders(job).items()


def _scopes_of_change(old: Job, new: Job) -> Iterable[tuple[UUID, str | None]]:
    reason = "reassigned" if new.closed_at is None else "closed"
    lost = {scope_id: reason for scope_id, withdrawn in scopes(old) if withdrawn is None}
    return {**lost, **dict(scopes(new))}.items()
