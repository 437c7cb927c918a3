"""Cases of patterns over several jobs: the same part again, or in most of one technician's repairs (R11)."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Severity
from domain.patterns import Fitting, Pattern, PatternLimits, Share, replaced_again, replaced_often
from service.store.cases import cases, derived
from service.store.cases.cases import StoredCase
from service.store.scoring import criteria

LOOKED_BACK_DAYS = 400
"""Longer than any limit; what lies further back is neither found anew nor cleared."""

_FITTINGS = text("""
SELECT j.asset_id, u.part_code, u.job_id, j.outlet_id, u.at, (u.at AT TIME ZONE o.time_zone)::date AS "on"
FROM stock_uses u JOIN jobs j ON (j.org_id, j.id) = (u.org_id, u.job_id)
    JOIN outlets o ON (o.org_id, o.id) = (j.org_id, j.outlet_id)
WHERE u.org_id = :org_id AND u.at >= :since AND u.replaces AND j.asset_id IS NOT NULL AND j.work_type = 'repair'
""")
# A repair counts where its record is counted (K24): once, on the job, when the work was done.
_SHARES = text("""
WITH done AS (
    SELECT m.job_id, m.technician_id, m.outlet_id, p.body ->> 'group' AS product_group, counted.at
    FROM measures m JOIN jobs j ON (j.org_id, j.id) = (m.org_id, m.job_id)
        LEFT JOIN assets a ON (a.org_id, a.id) = (m.org_id, j.asset_id)
        JOIN catalogue p ON (p.org_id, p.kind, p.code)
            = (m.org_id, 'product', coalesce(m.product_code, a.product_code))
        CROSS JOIN LATERAL unnest(m.kpis, m.decided_at) AS counted (kpi, at)
    WHERE m.org_id = :org_id AND m.place = 0 AND m.work_type = 'repair' AND m.technician_id IS NOT NULL
        AND counted.kpi = 'K24' AND counted.at >= :since
), counted AS (
    SELECT technician_id, outlet_id, product_group, count(*) AS repairs FROM done GROUP BY 1, 2, 3
), replaced AS (
    SELECT DISTINCT d.technician_id, d.outlet_id, d.product_group, u.part_code, d.job_id, d.at
    FROM done d JOIN stock_uses u ON (u.org_id, u.job_id) = (:org_id, d.job_id) AND u.replaces
)
SELECT r.technician_id, r.outlet_id, r.product_group, r.part_code, c.repairs,
    array_agg(r.job_id ORDER BY r.at DESC, r.job_id) AS job_ids
FROM replaced r JOIN counted c USING (technician_id, outlet_id, product_group)
WHERE c.repairs >= :least
GROUP BY 1, 2, 3, 4, 5
""")


class PatternFound(Struct, frozen=True, kw_only=True):
    """Repairs that stand out together: of one appliance, or of one technician."""

    rule: str
    part_code: str
    asset_id: UUID | None
    technician_id: UUID | None
    job_ids: tuple[UUID, ...]
    since: date | None
    parameters: dict[str, str]


async def settle(db: AsyncConnection, org_id: UUID, at: datetime) -> None:
    """Open cases for patterns found now, and clear those that are gone; decisions stay."""
    kept = await criteria.find(db, org_id, PatternLimits, PatternLimits().code)
    limits = PatternLimits() if kept is None else kept.item
    since = at - timedelta(days=LOOKED_BACK_DAYS)
    fittings = [Fitting(*row) for row in await db.execute(_FITTINGS, {"org_id": org_id, "since": since})]
    enough = {"since": at - timedelta(days=limits.share_days), "least": limits.share_repairs}
    shares = [_share(*row) for row in await db.execute(_SHARES, {"org_id": org_id, **enough})]
    rows = [_case(each, at) for each in (*replaced_again(fittings, limits), *replaced_often(shares, limits))]
    await derived.keep(db, org_id, rows)
    known = await cases.open_of_codes(db, org_id, "part_replaced_again", "part_replaced_often")
    in_sight = {case.id for case in known if _in_sight(case, since.date())}
    await cases.clear(db, org_id, in_sight - {row.id for row in rows})


def _share(technician_id: UUID, outlet_id: UUID, group: str, part_code: str, repairs: int, jobs: list[UUID]) -> Share:
    return Share(technician_id, outlet_id, group, part_code, repairs, tuple(jobs))


def _in_sight(case: StoredCase, since: date) -> bool:
    """Whether everything that the case rests on lies in the days that were looked at."""
    began = msgspec.json.decode(case.body, type=PatternFound).since
    return began is None or began > since


def _case(pattern: Pattern, at: datetime) -> StoredCase:
    shown = {name: getattr(pattern, name) for name in PatternFound.__struct_fields__ if name != "rule"}
    return StoredCase(
        id=pattern.id,
        kind=CaseKind.PATTERN,
        code=pattern.code,
        outlet_id=pattern.outlet_id,
        job_id=pattern.job_id,
        severity=Severity.WARNING,
        state=CaseState.OPEN,
        opened_at=at,
        body=msgspec.json.encode(PatternFound(rule="R11", **shown)),
    )
