"""Patterns over several jobs that honest repairs do not show: one part replaced again and again (R11).

"Same part, short interval, high replace share": one part replaced on one appliance before long, and a technician who
replaces one part in most repairs. A pattern accuses nobody: a person looks at it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID, uuid5

from msgspec import Meta, Struct

MOST_JOBS = 50
"""So many of its jobs a pattern names, the newest."""


class PatternLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits from which on repairs count as a pattern.

    One part replaced on one appliance in `same_part_times` jobs, the last no more than `same_part_days` after the
    first. One part replaced in at least `share_percent` of a technician's repairs of one product group, of at least
    `share_repairs` within `share_days`.
    """

    same_part_times: Annotated[int, Meta(ge=2, le=20)] = 2
    same_part_days: Annotated[int, Meta(ge=1, le=366)] = 180
    share_repairs: Annotated[int, Meta(ge=5, le=10_000)] = 20
    share_days: Annotated[int, Meta(ge=7, le=366)] = 90
    share_percent: Annotated[int, Meta(ge=10, le=100)] = 70

    @property
    def code(self) -> str:
        """Under which they are kept: an organisation has them once."""
        return "repair-patterns"


class LimitOrigin(Struct, frozen=True, kw_only=True):
    """Where the default of a limit comes from; no law gives one a number."""

    limit: str
    zh: str
    en: str


ORIGINS = (
    LimitOrigin(limit="same_part_times", zh="R11：同一配件", en="R11: the same part"),
    LimitOrigin(
        limit="same_part_days",
        zh="产品默认：新件的维修质保期 180 日",
        en="The product's: the repair guarantee of a new part, 180 days",
    ),
    LimitOrigin(
        limit="share_repairs",
        zh="产品默认：少于 20 次的比例不足为凭",
        en="The product's: of fewer than 20 repairs a share says little",
    ),
    LimitOrigin(limit="share_days", zh="产品默认：一个季度", en="The product's: a quarter of a year"),
    LimitOrigin(
        limit="share_percent",
        zh="产品默认：按自身经验调整",
        en="The product's: to be set by one's own experience",
    ),
)


class Fitting(Struct, frozen=True):
    """A part that took another one's place on an appliance: the moment, and the day there."""

    asset_id: UUID
    part_code: str
    job_id: UUID
    outlet_id: UUID | None
    at: datetime
    on: date


class Share(Struct, frozen=True):
    """How many repairs a technician did of one product group, and in which of them one part was replaced."""

    technician_id: UUID
    outlet_id: UUID
    product_group: str
    part_code: str
    repairs: int
    job_ids: tuple[UUID, ...]


class Pattern(Struct, frozen=True, kw_only=True):
    """A pattern that was found. `since` is the day of its first repair, where later days cannot undo it."""

    id: UUID
    code: str
    outlet_id: UUID | None
    job_id: UUID | None
    asset_id: UUID | None
    technician_id: UUID | None
    part_code: str
    job_ids: tuple[UUID, ...]
    since: date | None
    parameters: dict[str, str]


def replaced_again(fittings: Iterable[Fitting], limits: PatternLimits) -> Iterator[Pattern]:
    """Of each part on each appliance the last run of jobs within the days; the same run has the same id."""
    by_place: dict[tuple[UUID, str], dict[UUID, Fitting]] = defaultdict(dict)
    for fitting in sorted(fittings, key=lambda each: (each.at, each.job_id)):
        by_place[fitting.asset_id, fitting.part_code].setdefault(fitting.job_id, fitting)
    for jobs in by_place.values():
        run = _last_run(tuple(jobs.values()), limits)
        if run:
            yield _again(run)


def replaced_often(shares: Iterable[Share], limits: PatternLimits) -> Iterator[Pattern]:
    """The shares that reach the limit, of repairs enough to tell."""
    for share in shares:
        replaced = len(share.job_ids)
        if share.repairs >= limits.share_repairs and replaced * 100 >= limits.share_percent * share.repairs:
            yield _often(share)


def _last_run(jobs: Sequence[Fitting], limits: PatternLimits) -> Sequence[Fitting]:
    for end in range(len(jobs), limits.same_part_times - 1, -1):
        last = jobs[end - 1].on
        run = [each for each in jobs[:end] if (last - each.on).days <= limits.same_part_days]
        if len(run) >= limits.same_part_times:
            return run
    return ()


def _again(run: Sequence[Fitting]) -> Pattern:
    last = run[-1]
    days = str((last.on - run[0].on).days)
    return Pattern(
        id=uuid5(last.asset_id, f"again {last.part_code} {last.job_id}"),
        code="part_replaced_again",
        outlet_id=last.outlet_id,
        job_id=last.job_id,
        asset_id=last.asset_id,
        technician_id=None,
        part_code=last.part_code,
        job_ids=tuple(each.job_id for each in run[-MOST_JOBS:]),
        since=run[0].on,
        parameters={"part_code": last.part_code, "times": str(len(run)), "days": days},
    )


def _often(share: Share) -> Pattern:
    replaced, repairs = len(share.job_ids), share.repairs
    said = {"part_code": share.part_code, "product_group": share.product_group}
    counts = {"replaced": str(replaced), "repairs": str(repairs), "percent": str(replaced * 100 // repairs)}
    return Pattern(
        id=uuid5(share.technician_id, f"often {share.outlet_id} {share.product_group} {share.part_code}"),
        code="part_replaced_often",
        outlet_id=share.outlet_id,
        job_id=None,
        asset_id=None,
        technician_id=share.technician_id,
        part_code=share.part_code,
        job_ids=share.job_ids[:MOST_JOBS],
        since=None,
        parameters={**said, **counts},
    )
