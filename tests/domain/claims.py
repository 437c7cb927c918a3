"""Warranty claims for tests: a refrigerator sold on 2025-03-10, unless told otherwise; and any claim at all."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from msgspec.structs import replace

from domain.facts.words import FeeKind
from domain.warranty.claim import (
    AssetRepair,
    Claim,
    ClaimedExclusion,
    ClaimedLine,
    ExclusionCode,
    FittedPart,
    Goodwill,
    PurchaseProof,
    RepairGuarantee,
    RepairWait,
    Terms,
    WaitsFor,
)

SOLD_ON = date(2025, 3, 10)
REPORTED_ON = date(2025, 7, 1)
DIGEST = "5d" * 32
COMPRESSOR = ClaimedLine(line_id="part", kind=FeeKind.PART, part_code="P-RF-024", component="compressor")
LABOUR = ClaimedLine(line_id="labour", kind=FeeKind.LABOUR)
PROVED = ClaimedExclusion(code=ExclusionCode.MISUSE, reason="机内进水", evidence_digests=(DIGEST,), customer_told=True)


def claim(**more: Any) -> Claim:
    """One line of labour within the term."""
    asked = Claim(
        terms=Terms(whole_months=12, main_part_months=36, main_components=("compressor",)),
        purchase=PurchaseProof(invoiced_on=SOLD_ON),
        reported_on=REPORTED_ON,
        today=REPORTED_ON,
        lines=(LABOUR,),
    )
    return replace(asked, **more)


DAYS = st.dates(date(2023, 1, 1), date(2028, 12, 31))
MONTHS = st.integers(0, 72)
COMPONENTS = st.sampled_from(["compressor", "panel", "capacitor", None])
PART_CODES = st.sampled_from(["P-1", "P-2", None])
FAULTS = st.lists(st.sampled_from(["S-1", "S-2", "C-1"]), max_size=2).map(tuple)
TERMS = st.builds(
    Terms,
    whole_months=MONTHS,
    main_part_months=MONTHS,
    maker_promise_months=MONTHS,
    main_components=st.just(("compressor", "panel")),
    new_part_restarts=st.booleans(),
    phone=st.booleans(),
    durable=st.booleans(),
    home_service=st.booleans(),
)
PURCHASES = st.builds(
    PurchaseProof,
    exchanged_on=st.none() | DAYS,
    invoiced_on=st.none() | DAYS,
    other_proof_on=st.none() | DAYS,
)
PARTS = st.builds(
    FittedPart,
    part_code=st.sampled_from(["P-1", "P-2"]),
    component=COMPONENTS,
    is_new=st.booleans(),
    warranty_days=st.none() | st.integers(0, 400),
)
WAITS = st.builds(RepairWait, since=DAYS, until=st.none() | DAYS, waits_for=st.sampled_from(WaitsFor))


def _repair(since: date, days: int | None, **more: Any) -> AssetRepair:
    finished_on = None if days is None else since + timedelta(days=days)
    return AssetRepair(reported_on=since, finished_on=finished_on, **more)


REPAIRS = st.builds(
    _repair,
    DAYS,
    st.none() | st.integers(-5, 200),
    job_id=st.none() | st.sampled_from([UUID(int=1), UUID(int=2)]),
    quality_fault=st.booleans(),
    faults=FAULTS,
    parts=st.lists(PARTS, max_size=2).map(tuple),
    waits=st.lists(WAITS, max_size=2).map(tuple),
)
EXCLUSIONS = st.builds(
    ClaimedExclusion,
    code=st.sampled_from(ExclusionCode),
    reason=st.sampled_from(["", " ", "{进水}"]),
    evidence_digests=st.sampled_from([(), (DIGEST,)]),
    customer_told=st.booleans(),
    line_ids=st.sampled_from([(), ("0",), ("1", "2")]),
)
LINES = st.lists(
    st.tuples(st.sampled_from(FeeKind), PART_CODES, COMPONENTS, st.booleans()), min_size=1, max_size=4
).map(
    lambda drawn: tuple(
        ClaimedLine(line_id=str(number), kind=kind, part_code=part, component=component, to_workshop=to_workshop)
        for number, (kind, part, component, to_workshop) in enumerate(drawn)
    )
)
GOODWILL = st.builds(Goodwill, reason=st.just("批次问题"), line_ids=st.sampled_from([(), ("0",)]))
CLAIMS = st.builds(
    Claim,
    terms=TERMS,
    purchase=PURCHASES,
    reported_on=DAYS,
    today=DAYS,
    job_id=st.none() | st.just(UUID(int=1)),
    faults=FAULTS,
    lines=LINES,
    repairs=st.lists(REPAIRS, max_size=4).map(tuple),
    exclusions=st.lists(EXCLUSIONS, max_size=3).map(tuple),
    goodwill=st.lists(GOODWILL, max_size=1).map(tuple),
    guarantee=st.builds(RepairGuarantee, labour_days=st.integers(0, 400), part_days=st.integers(0, 400)),
)
