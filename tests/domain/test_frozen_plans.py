"""A plan that a phone made and what the server froze for it fold like one plan, whichever arrives first."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from domain.facts import Fact, desk, door
from domain.facts.requirements import FrozenFaultCodes, RecordField, Requirements
from domain.facts.shared import FactRetracted
from domain.facts.words import FeeKind, FrozenPrice
from domain.fold import fold, go_on
from domain.job.document import Job
from tests.domain.bodies import CHECKED_IN, fees, line
from tests.domain.builders import (
    JOB,
    SUPERVISOR,
    VISIT,
    A,
    Person,
    Said,
    codes,
    door_steps,
    history,
    named,
    numbered,
    opened,
    planned,
    said,
)

FROZEN = desk.PlanFrozen(
    plan_fact_id=named("to be set"),
    requirements=Requirements(record=(RecordField.CAUSE,), issued_codes=True),
    price_list_code="FS-2025-07",
    prices=(FrozenPrice(code="L-MEDIUM", component=FeeKind.LABOUR, price_fen=12_000),),
    fault_codes=FrozenFaultCodes(causes=("AC-C02",)),
    declined_diagnosis_percent=30,
)
DIAGNOSED = door.Diagnosed(cause_code="RF-C01")


def at_the_door() -> list[Fact]:
    """A technician's own job, planned by themselves, and what the server added when it came in."""
    plan = replace(planned(), who=A)
    lines: tuple[Said, ...] = (opened(who=A), plan, *door_steps(CHECKED_IN, DIAGNOSED, fees(line(13_000))))
    facts = history(*lines)
    frozen = history(*lines, said(A, replace(FROZEN, plan_fact_id=facts[1].id), "20:00", visit=VISIT))[-1]
    return [*facts, replace(frozen, seq=None)]


def without_counts(job: Job) -> Job:
    return replace(job, version=0, changed_at=None, low_graded_times=0)


def test_what_was_frozen_reads_as_a_part_of_the_plan_and_judges_what_was_done() -> None:
    *facts, frozen = at_the_door()

    bare, job = fold(JOB, facts).job, fold(JOB, [*facts, frozen]).job

    assert {"price_above_list", "fault_code_unknown"}.isdisjoint(codes(bare))
    assert {"price_above_list", "fault_code_unknown"} <= codes(job)
    plan = job.visits[0].plan
    assert plan is not None
    assert (plan.requirements, plan.price_list_code, plan.declined_diagnosis_percent) == (
        FROZEN.requirements,
        "FS-2025-07",
        30,
    )


def test_it_is_the_same_as_if_the_plan_had_said_it_all() -> None:
    *facts, frozen = at_the_door()
    more = {name: getattr(FROZEN, name) for name in FROZEN.__struct_fields__ if name != "plan_fact_id"}
    whole = [replace(fact, body=replace(fact.body, **more)) if index == 1 else fact for index, fact in enumerate(facts)]

    assert without_counts(fold(JOB, [*facts, frozen]).job) == without_counts(fold(JOB, whole).job)


def test_every_order_of_arrival_gives_the_same_document_and_going_on_gives_it_too() -> None:
    facts = numbered(replace(fact, base_version=0) for fact in at_the_door())
    expected = fold(JOB, facts)

    for order in permutations((1, 3, 5)):
        arrived = list(facts)
        for place, index in zip((1, 3, 5), order, strict=True):
            arrived[place] = facts[index]
        arrived = numbered(arrived)
        whole = fold(JOB, arrived)
        assert whole.job == expected.job
        assert whole.memory.frozen == {}
        for cut in range(len(arrived)):
            assert go_on(fold(JOB, arrived[:cut]), arrived[cut:]) in (None, whole)


def test_what_is_frozen_for_a_plan_that_has_not_come_waits_for_it() -> None:
    facts = at_the_door()
    early = numbered([facts[0], facts[5], facts[1]])
    before = fold(JOB, early[:2])

    after = go_on(before, early[2:])

    assert list(before.memory.frozen) == [facts[1].id]
    assert after in (None, fold(JOB, early))
    assert fold(JOB, early).job.visits[0].plan is not None


def test_a_plan_taken_back_takes_along_what_was_frozen_for_it() -> None:
    facts = at_the_door()
    back = said(A, FactRetracted(fact_id=facts[1].id, reason="误排"), "21:00")
    taken_back = replace(history(back)[0], seq=None, base_version=9)

    job = fold(JOB, numbered([*facts, taken_back])).job

    assert all(visit.plan is None for visit in job.visits)


@pytest.mark.parametrize(("who", "found"), [(A, {"price_above_list", "retraction_refused"}), (SUPERVISOR, set())])
def test_nobody_who_is_judged_takes_back_what_they_are_judged_by(who: Person, found: set[str]) -> None:
    facts = at_the_door()
    back = history(said(who, FactRetracted(fact_id=facts[-1].id, reason="不需要"), "21:00"))[0]

    job = fold(JOB, numbered([*facts, replace(back, seq=None, base_version=9)])).job

    assert codes(job) & {"price_above_list", "retraction_refused"} == found
