"""What a document's parts take from stock, and which of them took the place of another (K38)."""

import pytest
from msgspec.structs import replace

from domain.facts.door.work import OldPart, PartUsed
from domain.facts.words import WorkType
from domain.stock import uses
from tests.domain.bodies import a_visit
from tests.domain.builders import job_of

CAPACITOR = PartUsed(part_code="P-AC-011")


@pytest.mark.parametrize(("thousandths", "taken"), [(2_000, [2_000]), (0, [0]), (-2_000, [])])
def test_a_quantity_below_zero_puts_nothing_into_stock(thousandths: int, taken: list[int]) -> None:
    job = job_of(*a_visit(replace(CAPACITOR, quantity_thousandths=thousandths)))

    assert [use.quantity_thousandths for use in uses(job)] == taken
    assert len(job.visits[0].parts) == 1


@pytest.mark.parametrize(
    ("part", "work_type", "replaces"),
    [
        (CAPACITOR, WorkType.REPAIR, True),
        (replace(CAPACITOR, unit="metre"), WorkType.REPAIR, False),
        (replace(CAPACITOR, unit="metre", old_part=OldPart.SCRAPPED), WorkType.REPAIR, True),
        (replace(CAPACITOR, old_part=OldPart.NOTHING_REPLACED), WorkType.REPAIR, False),
        (CAPACITOR, WorkType.INSTALL, False),
        (replace(CAPACITOR, serial_out="OLD"), WorkType.INSTALL, True),
    ],
)
def test_a_part_that_was_counted_took_the_place_of_another_unless_it_says_otherwise(
    part: PartUsed, work_type: WorkType, *, replaces: bool
) -> None:
    job = replace(job_of(*a_visit(part)), work_type=work_type)

    assert [use.replaces for use in uses(job)] == [replaces]
