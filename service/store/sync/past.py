"""What log and quarantine already hold under the ids of a batch and under its device's counter numbers."""

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import locks
from service.store.sets import ArrayText
from sync.intake import Known, Past, Pushed
from sync.record import UNREADABLE, Record

# What was held stands first: a fact that was released later still gets the answer that its author was given.
_SAID = text("""
SELECT fact_id, digest, outcome, CAST(NULL AS bigint) AS seq, FALSE AS logged FROM quarantine
WHERE org_id = :org_id AND fact_id = ANY (CAST(:ids AS uuid[])) AND reason <> ALL (:unreadable)
UNION ALL
SELECT id, digest, outcome, NULL, TRUE FROM facts WHERE org_id = :org_id AND id = ANY (CAST(:ids AS uuid[]))
UNION ALL
SELECT fact_id, NULL, NULL, seq, NULL FROM quarantine
WHERE org_id = :org_id AND device_id = :device_id AND seq = ANY (CAST(:seqs AS bigint[])) AND delivered_by IS NULL
UNION ALL
SELECT id, NULL, NULL, seq, NULL FROM facts
WHERE org_id = :org_id AND device_id = :device_id AND seq = ANY (CAST(:seqs AS bigint[]))
UNION ALL
SELECT fact_id, NULL, NULL, seq, NULL FROM refused_numbers
WHERE org_id = :org_id AND device_id = :device_id AND seq = ANY (CAST(:seqs AS bigint[]))
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL FROM devices
WHERE org_id = :org_id AND id = :device_id AND suspected_at IS NOT NULL
""").bindparams(
    bindparam("org_id", type_=Uuid),
    bindparam("device_id", type_=Uuid),
    bindparam("ids", type_=ArrayText),
    bindparam("seqs", type_=ArrayText),
    bindparam("unreadable", type_=ARRAY(Text)),
)


async def wait_for_turn(db: AsyncConnection, org_id: UUID, fact_ids: Collection[UUID]) -> None:
    """Let one transaction at a time look up these ids, until it ends. One statement; none for no ids.

    For facts of jobs that do not exist: there is no row to lock, and each of two pushes would keep the fact as new.
    """
    await locks.lock(db, org_id, [("fact", fact_id) for fact_id in fact_ids])


async def said_before(db: AsyncConnection, org_id: UUID, device_id: UUID, pushed: Sequence[Pushed]) -> Past:
    """What is on record under these ids and under these numbers of the device, and its mark. One statement.

    What could not be read does not count: the same fact in readable form, from a mended app, is new.
    """
    ids = {each.envelope.id for each in pushed if isinstance(each, Record)}
    seqs = {each.seq for each in pushed if each.seq is not None}
    where = {"org_id": org_id, "device_id": device_id, "ids": list(ids), "seqs": list(seqs)}
    past = Past({}, {})
    suspected = False
    for fact_id, digest, outcome, seq, logged in await db.execute(_SAID, {**where, "unreadable": list(UNREADABLE)}):
        if fact_id is None:
            suspected = True
        elif seq is None:
            past.by_id.setdefault(fact_id, []).append(Known(digest, outcome, logged))
        else:
            past.by_seq.setdefault(seq, fact_id)
    return replace(past, suspected=suspected)
