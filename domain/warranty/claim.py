"""What a warranty decision is asked about: the product's terms, the purchase, earlier repairs, the lines."""

import enum
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.catalogue import Product
from domain.facts.words import Code, Digest, FeeKind, Line, Reading
from domain.fields import Codes, Months

FLOOR_DAYS, LABOUR_DAYS, PART_DAYS = 30, 90, 180
"""After a repair the product works for at least thirty days, and no promise may be shorter (R29); what the product
promises for labour and for parts where nobody says otherwise.
"""
GuaranteeDays = Annotated[int, Meta(ge=0, le=7300)]
PromisedDays = Annotated[int, Meta(ge=FLOOR_DAYS, le=7300)]


class Terms(Struct, frozen=True, kw_only=True):
    """What is promised for a product; of two promises the better one counts.

    `new_part_restarts`: a main part replaced by a new one has a full term of its own (R33, home audio and video).
    `home_service`: repair at home was promised, so coming is free as well (R21). `durable`: R35 holds.
    """

    whole_months: Months
    main_part_months: Months
    maker_promise_months: Months = 0
    main_components: Codes = ()
    new_part_restarts: bool = False
    phone: bool = False
    durable: bool = True
    home_service: bool = True


class PurchaseProof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows since when the customer has it: goods in exchange, the invoice, or other proof (R20, R25, R31)."""

    exchanged_on: date | None = None
    invoiced_on: date | None = None
    other_proof_on: date | None = None


class WaitsFor(enum.StrEnum):
    """Whose delay it is; neither is the repairer's (R27)."""

    PART = "part"
    CUSTOMER = "customer"


class RepairWait(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repair stood still; `until` is null while it does."""

    since: date
    until: date | None = None
    waits_for: WaitsFor


class FittedPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an earlier repair; `warranty_days` is its own promise, null where it has none."""

    part_code: Code
    component: Code | None = None
    is_new: bool = True
    warranty_days: GuaranteeDays | None = None


class AssetRepair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repair of this product, done or under way.

    `quality_fault` is false when the fault was the customer's doing, or none was found: it neither counts towards an
    exchange (R26) nor extends the term (R23).
    """

    job_id: UUID | None = None
    reported_on: date
    finished_on: date | None = None
    quality_fault: bool = True
    faults: Codes = ()
    parts: Annotated[tuple[FittedPart, ...], Meta(max_length=50)] = ()
    waits: Annotated[tuple[RepairWait, ...], Meta(max_length=50)] = ()


class ClaimedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line to decide. `component` is the part that it is about: labour and visit can be for a main part, too.

    `to_workshop`: carrying large goods that cannot be repaired at home (R34).
    """

    line_id: Code
    kind: FeeKind
    part_code: Code | None = None
    component: Code | None = None
    to_workshop: bool = False


class ExclusionCode(enum.StrEnum):
    """Why something may not be covered; the list is closed (R22)."""

    MISUSE = "misuse"
    TAKEN_APART = "taken_apart"
    NO_PROOF = "no_proof"
    VOUCHER_ALTERED = "voucher_altered"
    FORCE_MAJEURE = "force_majeure"


class ClaimedExclusion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a line is not covered. It needs a reason, a photo or a measurement, and the customer told (R22).

    Without `line_ids` it is about every line.
    """

    code: ExclusionCode
    reason: Line = ""
    evidence_digests: Annotated[tuple[Digest, ...], Meta(max_length=20)] = ()
    readings: Annotated[tuple[Reading, ...], Meta(max_length=20)] = ()
    customer_told: bool = False
    line_ids: Annotated[tuple[Code, ...], Meta(max_length=200)] = ()


class Goodwill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The maker pays although nothing obliges it; without `line_ids` for every line."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    line_ids: Annotated[tuple[Code, ...], Meta(max_length=200)] = ()


class RepairGuarantee(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a repair is answered for (R29); less than the legal floor counts as the floor."""

    labour_days: GuaranteeDays = LABOUR_DAYS
    part_days: GuaranteeDays = PART_DAYS


class Claim(Struct, frozen=True, kw_only=True):
    """Everything that a decision rests on.

    The day on which the fault was reported decides; `today` only tells how clocks stand. `job_id` names the job that is
    decided: its own repair counts for the clocks, but is no earlier one.
    """

    terms: Terms
    purchase: PurchaseProof
    reported_on: date
    today: date
    job_id: UUID | None = None
    faults: Codes = ()
    lines: tuple[ClaimedLine, ...] = ()
    repairs: tuple[AssetRepair, ...] = ()
    exclusions: tuple[ClaimedExclusion, ...] = ()
    goodwill: tuple[Goodwill, ...] = ()
    guarantee: RepairGuarantee = RepairGuarantee()


NEW_PART_GROUPS = frozenset({"TV"})
"""Product groups under the home audio and video rules, by whose R33 a new main part has a term of its own."""


def terms_of(product: Product) -> Terms:
    """The terms that the catalogue promises."""
    return Terms(
        whole_months=product.whole_months,
        main_part_months=product.main_part_months,
        maker_promise_months=product.maker_promise_months,
        main_components=tuple(part.component for part in product.main_parts),
        new_part_restarts=product.group in NEW_PART_GROUPS,
        phone=product.phone,
        durable=product.durable,
        home_service=product.home_service,
    )


def earlier_repairs(claim: Claim) -> tuple[AssetRepair, ...]:
    """Repairs that were finished by the day of the report, oldest first; not the one that is decided."""
    others = [each for each in claim.repairs if each.job_id is None or each.job_id != claim.job_id]
    done = [each for each in others if each.finished_on is not None and each.finished_on <= claim.reported_on]
    return tuple(sorted(done, key=lambda each: (each.reported_on, each.finished_on or each.reported_on)))
