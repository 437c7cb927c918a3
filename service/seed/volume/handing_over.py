"""What somebody said, as devices hand it over: counted, in batches, encoded as a push is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec

from domain.people.actor import Role
from service.recording.batch import Batch
from service.seed.company import sample_id
from service.seed.volume import neighbourhood
from service.seed.volume.said import Said, job_id
from sync.candidates import Author
from sync.clock import Exchange

ORG_ID = sample_id("organisation", "anxin")


def counted(said: Sequence[Said]) -> dict[UUID, int]:
    """Every device's own counter."""
    counters: dict[str, int] = {}
    seqs: dict[UUID, int] = {}
    for each in sorted(said, key=lambda each: each.at):
        seqs[each.fact_id] = counters[each.login] = counters.get(each.login, 0) + 1
    return seqs


def batches(said: Sequence[Said], seqs: Mapping[UUID, int]) -> Iterator[list[Said]]:
    """What one device hands over at one moment, in the order of the moments."""

    def turn(each: Said) -> tuple[datetime, str, int]:
        return each.handed_over_at, each.login, each.clock_ahead_seconds

    ordered = sorted(said, key=lambda each: (*turn(each), seqs[each.fact_id]))
    return (list(group) for _, group in groupby(ordered, key=turn))


def seen(known: Mapping[str, list[tuple[datetime, int]]], said: Said) -> int:
    """How much of the job's log had been recorded when this was said."""
    log = known.get(said.order.number, ())
    return max((number for at, number in log if at <= said.at), default=0)


def encoded_fact(said: Said, seq: int, base_version: int) -> bytes:
    """The fact as its device sends it."""
    happened_at = said.at + timedelta(seconds=said.clock_ahead_seconds)
    envelope = {
        "id": said.fact_id,
        "job_id": job_id(said.order),
        "visit_id": said.visit_id,
        "seq": seq,
        "happened_at": happened_at,
        "base_version": base_version,
    }
    told = {name: value for name, value in {**envelope, said.kind: _told(said.body)}.items() if value is not None}
    return msgspec.json.encode(told)


def _told(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def handed_over(said: Said) -> Batch:
    """In whose name, and when by the clocks of server and device."""
    at = said.handed_over_at.astimezone(UTC)
    role, outlets = neighbourhood.role_of(said.login)
    author = Author(
        member_id=neighbourhood.member_id(said.login),
        role=Role(role),
        device_id=neighbourhood.device_id(said.login),
        outlet_ids=tuple(sample_id("outlet", code) for code in outlets),
    )
    clock = at + timedelta(seconds=said.clock_ahead_seconds)
    return Batch(
        org_id=ORG_ID, author=author, exchange=Exchange(server_at=at, device_at=clock, uptime_ms=None, boot_id=None)
    )
