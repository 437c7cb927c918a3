"""Stock: where parts lie, what moves them, and which of them the visits of a job took."""

import enum
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from msgspec import Struct

from domain.catalogue import COUNTED
from domain.facts.door.work import OldPart, PartSource, PartUsed
from domain.facts.words import WorkType
from domain.job.document import Job
from domain.job.visit import PartLine, Visit

ONE_PIECE = 1000


class LocationKind(enum.StrEnum):
    """Where stock lies: the depot of an outlet, whose id it has, or the van of a member, whose id it has."""

    DEPOT = "depot"
    VAN = "van"


class StockOperationKind(enum.StrEnum):
    """What a person does to stock. `counted` corrects by a difference; an old part that comes back is no stock."""

    RECEIVED = "received"
    ISSUED = "issued"
    RETURNED = "returned"
    COUNTED = "counted"
    SCRAPPED = "scrapped"
    OLD_PART_RETURNED = "old_part_returned"


class StockMovementKind(enum.StrEnum):
    """What the ledger shows: what people did, and what visits used."""

    RECEIVED = "received"
    ISSUED = "issued"
    RETURNED = "returned"
    COUNTED = "counted"
    SCRAPPED = "scrapped"
    OLD_PART_RETURNED = "old_part_returned"
    USED = "used"


class Ends(Struct, frozen=True):
    """At which kinds of location an operation may begin and end; empty means that it names none there."""

    taken_from: frozenset[LocationKind]
    put_to: frozenset[LocationKind]


_NOWHERE, _DEPOT, _VAN = frozenset[LocationKind](), frozenset({LocationKind.DEPOT}), frozenset({LocationKind.VAN})
_K = StockOperationKind
ENDS: dict[StockOperationKind, Ends] = {
    _K.RECEIVED: Ends(_NOWHERE, _DEPOT | _VAN),
    _K.ISSUED: Ends(_DEPOT, _VAN),
    _K.RETURNED: Ends(_VAN, _DEPOT),
    _K.COUNTED: Ends(_NOWHERE, _DEPOT | _VAN),
    _K.SCRAPPED: Ends(_DEPOT | _VAN, _NOWHERE),
    _K.OLD_PART_RETURNED: Ends(_VAN, _DEPOT),
}
REASONED = frozenset({_K.COUNTED, _K.SCRAPPED})
"""What nobody can follow without a reason."""
OF_ONES_OWN_VAN = frozenset({_K.RETURNED, _K.COUNTED})
"""What a technician records alone, of the van that is theirs."""


MOST_VAN_PARTS = 1000
"""Some 60 KB of a pull at the very most."""


class VanPart(Struct, frozen=True, kw_only=True):
    """So much of a part lies there; below zero where more was used than anybody had put there."""

    part_code: str
    quantity_thousandths: int


class VanStock(Struct, frozen=True, kw_only=True):
    """What lies in a technician's van by the ledger, by part code; parts of which nothing lies there are left out.

    What the phone has not pushed yet is not counted. `parts_are_whole` is false where a thousand parts are not all.
    """

    id: UUID
    technician_id: UUID
    parts: tuple[VanPart, ...]
    parts_are_whole: bool


def van_stock(technician_id: UUID, balances: Mapping[str, int]) -> VanStock:
    """The document about this technician's van, from the balance of each part."""
    lying = [(code, quantity) for code, quantity in sorted(balances.items()) if quantity]
    return VanStock(
        id=uuid5(technician_id, "van"),
        technician_id=technician_id,
        parts=tuple(VanPart(part_code=code, quantity_thousandths=each) for code, each in lying[:MOST_VAN_PARTS]),
        parts_are_whole=len(lying) <= MOST_VAN_PARTS,
    )


class Use(Struct, frozen=True, kw_only=True):
    """One part that a visit used. `location_id` is null where it came from no stock: bought, or the customer's own."""

    fact_id: UUID
    visit_id: UUID
    technician_id: UUID
    outlet_id: UUID | None
    location_id: UUID | None
    at: datetime
    part_code: str
    quantity_thousandths: int
    source: PartSource
    serial_number: str | None
    batch: str | None
    serial_out: str | None
    old_part: OldPart
    replaces: bool
    """Whether it took the place of another part, so that somebody has to say what became of that one (K38)."""


def uses(job: Job) -> list[Use]:
    """The parts of the job's document, each once; a quantity below zero puts nothing back."""
    return [_use(job, visit, line) for visit, line in _lines(job) if line.body.quantity_thousandths >= 0]


def replaces(job: Job, part: PartUsed) -> bool:
    """Whether the part replaced another one: counted in pieces, and not put in when the appliance was installed."""
    if part.old_part is OldPart.NOTHING_REPLACED:
        return False
    stated = part.serial_out is not None or part.old_part is not OldPart.NONE
    return stated or (part.unit in COUNTED and job.work_type is not WorkType.INSTALL)


def _lines(job: Job) -> Iterator[tuple[Visit, PartLine]]:
    for visit in job.visits:
        for line in visit.parts:
            yield visit, line


def _use(job: Job, visit: Visit, line: PartLine) -> Use:
    taken_from = {PartSource.VAN: visit.technician_id, PartSource.DEPOT: job.outlet_id}
    return Use(
        fact_id=line.fact_id,
        visit_id=visit.id,
        technician_id=visit.technician_id,
        outlet_id=job.outlet_id,
        location_id=taken_from.get(line.body.source),
        at=line.at,
        part_code=line.body.part_code,
        quantity_thousandths=line.body.quantity_thousandths,
        source=line.body.source,
        serial_number=line.body.serial_in,
        batch=line.body.batch,
        serial_out=line.body.serial_out,
        old_part=line.body.old_part,
        replaces=replaces(job, line.body),
    )
