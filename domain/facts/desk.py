"""What the desk records: promises, plans, decisions."""

import enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts.requirements import FrozenFaultCodes, FrozenHolidays, Requirements
from domain.facts.words import (
    Certificate,
    Channel,
    Code,
    Digest,
    Fen,
    FrozenPrice,
    Instant,
    Line,
    Minutes,
    PartNeed,
    Priority,
    Side,
    SpecialWork,
    Text,
    Warranty,
    WorkType,
)


class Choice(enum.StrEnum):
    """How a case is decided: keep what the fold chose, take the other value, forgive, set aside; or undo a decision."""

    ACCEPT = "accept"
    OVERRIDE = "override"
    WAIVE = "waive"
    DISMISS = "dismiss"
    UNDO = "undo"


class JobOpened(Struct, frozen=True, kw_only=True):
    """A customer was promised help. No personal data: name, phone and address live with the customer."""

    outlet_id: UUID
    customer_id: UUID | None = None
    site_id: UUID | None = None
    asset_id: UUID | None = None
    number: Code | None = None
    product_code: Code | None = None
    work_type: WorkType
    priority: Priority = Priority.NORMAL
    channel: Channel = Channel.PHONE
    symptom: Text | None = None
    symptom_code: Code | None = None
    reported_at: Instant | None = None
    first_response_at: Instant | None = None
    time_zone: Code = "Asia/Shanghai"
    special_work: Annotated[tuple[SpecialWork, ...], Meta(max_length=10)] = ()
    skill: Code | None = None
    estimated_minutes: Minutes = 60
    warranty: Warranty = Warranty.UNKNOWN
    follows_job_id: UUID | None = None


class VisitPlanned(Struct, frozen=True, kw_only=True):
    """A technician is to attend. `replaces_visit_id` takes the work away from another visit: a reassignment.

    `override_reason` says why although a certificate or the technician's absence speaks against it. `prices` are what
    the fees are judged by (R03), `fault_codes` what the repair record may be written with (K24): documents leave both
    out. `declined_diagnosis_percent`: so much of the diagnosis fee is due after a decline (R09). Planned again or in
    another's place at another time: `asked_by` whom, and whether the customer agreed (K03). `further_visits_planned`:
    one visit was never meant to do (K06). `catalogue_digest`: by which catalogue a phone planned, so that no later one
    judges it (`plan_frozen`). `holidays`: what refunds of the job go by, where it is more than is built in.
    """

    technician_id: UUID
    window_start: Instant
    window_end: Instant
    work_start: Instant
    work_end: Instant
    replaces_visit_id: UUID | None = None
    requirements: Requirements = Requirements()
    certificates: Annotated[tuple[Certificate, ...], Meta(max_length=20)] = ()
    price_list_code: Code | None = None
    parts: Annotated[tuple[PartNeed, ...], Meta(max_length=50)] = ()
    instructions: Text | None = None
    override_reason: Line | None = None
    declined_diagnosis_percent: Annotated[int, Meta(ge=0, le=100)] = 100
    asked_by: Side | None = None
    customer_agreed: bool = False
    further_visits_planned: bool = False
    prices: Annotated[tuple[FrozenPrice, ...], Meta(max_length=1000)] = ()
    fault_codes: FrozenFaultCodes | None = None
    holidays: FrozenHolidays | None = None
    catalogue_digest: Code | None = None


class PlanFrozen(Struct, frozen=True, kw_only=True):
    """What a plan that a phone made is judged by. The server adds it when it records the plan, and both read as one.

    It is taken from the catalogue that the plan names, or else from that of the day of recording.
    """

    plan_fact_id: UUID
    requirements: Requirements = Requirements()
    certificates: Annotated[tuple[Certificate, ...], Meta(max_length=20)] = ()
    price_list_code: Code | None = None
    declined_diagnosis_percent: Annotated[int, Meta(ge=0, le=100)] = 100
    prices: Annotated[tuple[FrozenPrice, ...], Meta(max_length=1000)] = ()
    fault_codes: FrozenFaultCodes | None = None
    holidays: FrozenHolidays | None = None


class VisitReplanned(Struct, frozen=True, kw_only=True):
    """The same visit at another time; who asked and whether the customer agreed decides if it counts as late (K03)."""

    window_start: Instant
    window_end: Instant
    work_start: Instant
    work_end: Instant
    asked_by: Side
    customer_agreed: bool
    reason: Line | None = None
    override_reason: Line | None = None


class VisitCancelled(Struct, frozen=True, kw_only=True):
    """This attendance will not happen; the job stays open."""

    side: Side
    reason: Line


class JobCancelled(Struct, frozen=True, kw_only=True):
    """The promise is withdrawn. Work that was done before, or done unaware, is kept."""

    side: Side
    reason: Line


class WarrantyDecided(Struct, frozen=True, kw_only=True):
    """Covered or not, and why (R22: not covered needs a reason, evidence, and the customer told)."""

    decision: Warranty
    basis: Line
    exclusion_code: Code | None = None
    evidence_digests: Annotated[tuple[Digest, ...], Meta(max_length=20)] = ()
    customer_told: bool = False


class CaseDecided(Struct, frozen=True, kw_only=True):
    """A person's decision on a finding or a conflict; a later decision replaces an earlier one.

    `undo` takes back the decision that stands, or the one whose fact `undoes` names: the field goes back to what it
    was before.
    """

    case_id: UUID
    choice: Choice
    value: Text | None = None
    reason: Line
    undoes: UUID | None = None


class RefundRequested(Struct, frozen=True, kw_only=True):
    """Money is to go back; five working days from now (R08). `amount_fen` includes what was paid above the bills.

    `holidays` of the weeks to come may be told where the visit's plan did not.
    """

    amount_fen: Fen
    reason: Line
    holidays: FrozenHolidays | None = None


class Refunded(Struct, frozen=True, kw_only=True):
    """Money went back."""

    amount_fen: Fen
    reference: Line | None = None


class JobClosed(Struct, frozen=True, kw_only=True):
    """The loop is closed: nothing is left to decide, or each missing item has a reason (G6)."""

    reason: Line | None = None


class JobReopened(Struct, frozen=True, kw_only=True):
    """The promise stands again."""

    reason: Line
