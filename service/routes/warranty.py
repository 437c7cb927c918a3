"""Warranty: what the three guarantees say about a fault. Computed, not stored; a decision is a fact of the job."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, structs
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import FeeKind
from domain.fields import Code, Codes, Price
from domain.people.actor import Actor
from domain.warranty.claim import AssetRepair, ClaimedExclusion, ClaimedLine, Goodwill, PurchaseProof, RepairGuarantee
from domain.warranty.clocks import RepairClock
from domain.warranty.coverage import LineDecision
from domain.warranty.decision import decide
from domain.warranty.depreciation import Depreciation, depreciation
from domain.warranty.exclusions import ExclusionAnswer
from domain.warranty.remedies import OpenRemedy, WarrantyRemark
from domain.warranty.terms import TermStart, WarrantyTerm
from service.desk import warranty
from service.desk.warranty import Asked
from service.http.endpoint import Input, Output, post
from service.store.catalogue import calendars


class WarrantyQuestion(Input, frozen=True, kw_only=True):
    """What to decide, and on what.

    A job or an asset brings its dates, its product, its earlier repairs and its outlet's `guarantee`. What is said here
    counts before what is stored, `home_service` too; `repairs` are added to those known. `today` (absent: today) tells
    how clocks stand. `price_fen` and `returned_on` ask what a return would cost.
    """

    job_id: UUID | None = None
    asset_id: UUID | None = None
    product_code: Code | None = None
    purchase: PurchaseProof | None = None
    reported_on: date | None = None
    today: date | None = None
    faults: Codes = ()
    lines: Annotated[tuple[ClaimedLine, ...], Meta(max_length=100)] = ()
    repairs: Annotated[tuple[AssetRepair, ...], Meta(max_length=100)] = ()
    exclusions: Annotated[tuple[ClaimedExclusion, ...], Meta(max_length=20)] = ()
    goodwill: Annotated[tuple[Goodwill, ...], Meta(max_length=20)] = ()
    guarantee: RepairGuarantee | None = None
    home_service: bool | None = None
    price_fen: Price | None = None
    returned_on: date | None = None


class WarrantyAnswer(Output, frozen=True, kw_only=True):
    """What the rules say. Terms are null while no purchase is proved; `depreciation` is null unless it was asked for.

    `repairs` are those that the answer rests on, `choices` what the customer may ask for, `alarms` what the desk must
    look at, `notices` what has to be said or noted.
    """

    job_id: UUID | None
    asset_id: UUID | None
    product_code: str
    reported_on: date
    today: date
    start: TermStart | None
    whole_term: WarrantyTerm | None
    main_part_term: WarrantyTerm | None
    lines: tuple[LineDecision, ...]
    exclusions: tuple[ExclusionAnswer, ...]
    choices: tuple[OpenRemedy, ...]
    clocks: tuple[RepairClock, ...]
    alarms: tuple[WarrantyRemark, ...]
    notices: tuple[WarrantyRemark, ...]
    repairs: tuple[AssetRepair, ...]
    depreciation: Depreciation | None


@post(
    "/v1/warranty/decisions",
    right="check_warranty",
    problems=("not_found",),
    example=WarrantyQuestion(
        product_code="LS-KF35",
        purchase=PurchaseProof(invoiced_on=date(2025, 3, 1)),
        reported_on=date(2026, 7, 6),
        lines=(ClaimedLine(line_id="1", kind=FeeKind.PART, part_code="P-AC-017"),),
    ),
)
async def compute_warranty_decision(actor: Actor, db: AsyncConnection, body: WarrantyQuestion) -> WarrantyAnswer:
    """Ask line by line what warranty covers, on what basis, and until when.

    Nothing is stored: what was decided is recorded on its job. The day on which the fault was reported decides, not the
    day of the visit.
    """
    known = await warranty.known(db, actor, body.job_id, body.asset_id, body.product_code)
    said = {name: getattr(body, name) for name in Asked.__struct_fields__}
    asked = Asked(**{**said, "purchase": body.purchase or PurchaseProof()})
    claim = await warranty.claim(db, actor, known, asked)
    holidays, returned = await calendars.of_organisation(db, actor.org_id), None
    if body.price_fen is not None:
        rate = known.product.depreciation_basis_points_per_day
        returned = depreciation(claim, body.price_fen, body.returned_on or claim.today, rate, holidays)
    return WarrantyAnswer(
        **structs.asdict(decide(claim, holidays)),
        job_id=body.job_id,
        asset_id=None if known.asset is None else known.asset.id,
        product_code=known.product.code,
        reported_on=claim.reported_on,
        today=claim.today,
        repairs=claim.repairs,
        depreciation=returned,
    )
