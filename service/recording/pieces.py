"""Numbered pieces that strict facts say they fitted, held against what other jobs fitted."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.door.work import PartUsed
from service.recording.batch import Batch
from service.store.stock import uses as stock_uses
from service.store.stock.uses import Piece
from sync.merge import SERIAL_ELSEWHERE
from sync.record import Record


async def contradicted(db: AsyncConnection, batch: Batch, fresh: Mapping[int, Record]) -> dict[int, str]:
    """By index, why a strict fact cannot be: another job fitted the very piece. No statement where none names one.

    Whether it comes through a door or in a push. What is not strict is recorded, and opens a case of both jobs.
    """
    named: dict[int, tuple[UUID, Piece]] = {}
    for index, each in fresh.items():
        body, strict = each.body, batch.strict or each.envelope.strict
        if strict and isinstance(body, PartUsed) and body.serial_in is not None:
            named[index] = each.envelope.job_id, (body.part_code, body.serial_in)
    fitted = await stock_uses.fitted_in(db, batch.org_id, {piece for _, piece in named.values()})
    others = {index: fitted.get(piece, set()) - {job_id} for index, (job_id, piece) in named.items()}
    return {index: SERIAL_ELSEWHERE for index, job_ids in others.items() if job_ids}
