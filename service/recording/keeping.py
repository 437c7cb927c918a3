"""Keeping what a merge gave: the jobs that changed with all that follows from them, and what was set aside."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.events import events_of
from domain.measures.measure import Measure
from domain.retention import position_of
from service.recording.batch import Batch
from service.scoring import restatements
from service.store.cases import alarms, cases, double_bookings, job_cases, quarantine
from service.store.evidence import evidence
from service.store.jobs import documents, facts, jobs, money_references, new_jobs, saving, site_cards
from service.store.jobs.documents import Document
from service.store.measures import rows as measures
from service.store.stock import uses as stock_uses
from service.store.sync import audience, device_marks, refused_numbers
from service.store.underway import underway
from service.store.webhooks import events
from sync import clock
from sync.intake import Pushed, SetAside
from sync.merge import Merged
from sync.protocol import Outcome
from sync.record import Record
from sync.trouble import Trouble
from sync.verdicts import Verdict


async def keep_changes(
    db: AsyncConnection, batch: Batch, locked: Mapping[UUID, jobs.Locked], merged: Mapping[UUID, Merged]
) -> dict[UUID, Document]:
    """Keep the new facts of jobs, the documents, and all that follows from them; answers the documents."""
    changed = {job_id: result for job_id, result in merged.items() if _has_news(result)}
    unopened = [job_id for job_id, job in locked.items() if job.is_placeholder and job_id not in changed]
    await new_jobs.remove_placeholders(db, batch.org_id, unopened)
    if not changed:
        return {}
    verdicts = [verdict for result in changed.values() for verdict in result.verdicts]
    heads, life = {job_id: locked[job_id].chain for job_id in changed}, locked[next(iter(changed))].lives[-1]
    rows, heads = facts.prepared(batch.org_id, heads, verdicts, batch.schema, life)
    states = [result.state for result in changed.values()]
    before, after = [locked[job_id].state.job for job_id in changed], [state.job for state in states]
    shown = [saving.shown(state, life) for state in states]
    async with underway(facts.append(db, rows)):
        saved = {each.job.id: documents.document(each.job, each.job.version) for each in shown}
        pages = saving.prepared(batch.org_id, shown, saved, heads, batch.exchange.server_at)
        scopes = audience.prepared(batch.org_id, before, after)
    async with underway(saving.save(db, pages, scopes)):
        counted = measures.derived(states)
        counts = measures.prepared(batch.org_id, counted)
    if locked[next(iter(changed))].has_webhooks:
        await events.announce(db, batch.org_id, events_of(before, after))
    await job_cases.save(db, batch.org_id, before, after)
    await double_bookings.follow(db, batch.org_id, before, after, batch.exchange.server_at)
    await stock_uses.follow(db, batch.org_id, before, after, batch.exchange.server_at)
    await money_references.follow(db, batch.org_id, before, after, batch.exchange.server_at)
    await evidence.follow(db, batch.org_id, before, after, [each.fact for each in verdicts if each.fact is not None])
    await alarms.follow(db, batch.org_id, before, after, batch.exchange.server_at)
    # After the assets: whoever corrects an asset locks it first, and then its site.
    await site_cards.follow(db, batch.org_id, before, after)
    await _keep_measures(db, batch, [locked[job_id] for job_id in changed], counted, counts)
    return saved


async def keep_aside(
    db: AsyncConnection, batch: Batch, locked: Mapping[UUID, jobs.Locked], aside: Collection[SetAside]
) -> None:
    """Keep what was set aside, each with a case that somebody of the right outlet can decide."""
    if not aside:
        return
    held = [_held(batch, each) for each in aside]
    own = _own_outlet(batch)
    await quarantine.hold(db, batch.org_id, held)
    outlets = {job_id: job.state.job.outlet_id for job_id, job in locked.items()}
    await cases.save(
        db, batch.org_id, [cases.of_held(each, own or outlets.get(each.job_id or each.id)) for each in held]
    )


async def keep_trouble(
    db: AsyncConnection, batch: Batch, locked: Mapping[UUID, jobs.Locked], found: Trouble | None
) -> None:
    """Mark the author's device, and open a case for the member's outlet, or else for that of the first job at hand.

    Facts that another member handed over mark nothing: they say nothing of the device, and a person sees them anyway.
    """
    if found is None or batch.aside is not None:
        return
    outlet_id = _own_outlet(batch) or next((job.state.job.outlet_id for job in locked.values()), None)
    device_id, at = batch.author.device_id, batch.exchange.server_at
    await device_marks.mark(db, batch.org_id, device_id, found, outlet_id, at)


async def keep_refused_numbers(
    db: AsyncConnection, batch: Batch, verdicts: Collection[Verdict], pushed: Sequence[Pushed]
) -> None:
    """The numbers that the device gave to what was refused: they are spent, and show one that counts them again.

    Of what was released and refused the number is known already, by quarantine.
    """
    if batch.released:
        return
    refused = [pushed[each.candidate.index] for each in verdicts if each.answer.outcome is Outcome.REFUSED]
    spent = {each.seq: each.fact_id for each in refused if each.seq is not None and each.fact_id is not None}
    await refused_numbers.keep(db, batch.org_id, batch.author.device_id, spent)


async def _keep_measures(
    db: AsyncConnection,
    batch: Batch,
    locked: Sequence[jobs.Locked],
    counted: Mapping[UUID, Sequence[Measure]],
    rows: Sequence[measures.Values],
) -> None:
    """Write the jobs' measures, and announce which figures of frozen reports they change."""
    before = [each.state for each in locked]
    changes, until = list[restatements.Change](), locked[0].frozen_until
    if locked[0].has_webhooks and until is not None:
        was = measures.derived(before)
        changes = [restatements.Change(job_id, was[job_id], found) for job_id, found in counted.items()]
    async with restatements.announcing(db, batch.org_id, changes, until or date.min, batch.exchange.server_at):
        await measures.follow(db, batch.org_id, [state.job for state in before], counted, rows)


def _own_outlet(batch: Batch) -> UUID | None:
    return batch.author.outlet_ids[0] if batch.author.outlet_ids else None


def _has_news(result: Merged) -> bool:
    return any(verdict.fact is not None for verdict in result.verdicts)


def _held(batch: Batch, aside: SetAside) -> quarantine.Held:
    assert aside.answer.case_id is not None
    return quarantine.Held(
        id=aside.answer.case_id,
        fact_id=aside.pushed.fact_id,
        job_id=aside.pushed.job_id,
        device_id=batch.author.device_id,
        author_id=batch.author.member_id,
        author_role=batch.author.role.value,
        reason=aside.answer.code or "",
        record=aside.pushed.raw,
        holds_position=isinstance(aside.pushed, Record) and position_of(aside.pushed.body) is not None,
        digest=aside.pushed.digest,
        outcome=msgspec.json.encode(aside.answer),
        clock_offset_ms=clock.offset_ms(batch.exchange),
        recorded_at=batch.exchange.server_at,
        state=quarantine.HELD,
        seq=aside.pushed.seq,
        schema=batch.schema,
        delivered_by=batch.delivered_by,
    )
