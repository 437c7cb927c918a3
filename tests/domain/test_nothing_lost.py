"""Nothing that anybody typed is lost, and money is what the facts say it is (design 2; sync 4)."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.conflicts.claims import field_of
from domain.facts import Fact, desk, door, feedback, handling, saw, shared, vouchers
from domain.facts.kinds import KIND_BY_NAME
from domain.fold import fold, taken_back
from domain.job.document import Job
from domain.order import in_order
from domain.scope import holders
from domain.steps.planning import as_shown
from tests.domain.builders import DESK, JOB, SUPERVISOR, VISIT, A, B, history, opened, planned, said
from tests.domain.histories import bodies, histories, many

TYPED = ("details_amended", "visit_planned", "visit_replanned", "diagnosed", "repair_recorded", "warranty_decided")


@st.composite
def edits(draw: st.DrawFn) -> list[Fact]:
    """People setting the same few fields, each aware of some of the others."""
    lines, looked = [opened(), planned()], {A: 2, B: 2}
    for number in range(draw(st.integers(1, 7))):
        who = draw(st.sampled_from((DESK, SUPERVISOR, A, B)))
        body = draw(st.one_of([bodies(KIND_BY_NAME[name]) for name in TYPED]) | AMENDED)
        if who in looked:
            looked[who] = draw(st.integers(looked[who], len(lines)))
        minute = draw(st.integers(0, 59))
        lines.append(said(who, body, f"{9 + number // 4:02}:{minute:02}", sees=looked.get(who), visit=VISIT))
    return history(*lines)


AMENDED = st.builds(
    shared.DetailsAmended,
    field=st.sampled_from([shared.Detail.SYMPTOM, shared.Detail.CAUSE, shared.Detail.ACCESS_NOTE]),
    now=st.sampled_from(["a", "b", "c"]),
)


@many
@given(edits() | histories())
def test_a_typed_value_is_current_or_known_to_whoever_replaced_it_or_in_a_conflict_or_taken_back(
    facts: list[Fact],
) -> None:
    job = fold(JOB, facts).job
    ordered = in_order(facts)
    gone = taken_back(ordered)
    standing = [fact for fact in ordered if fact.id not in gone and field_of(fact) is not None]
    for fact in standing:
        assert (
            _is_current(job, fact)
            or _in_conflict(job, fact)
            or any(_replaces(later, fact) for later in standing)
            or _changed_nothing(fact, standing)
        ), fact


@many
@given(histories())
def test_sums_of_money_are_the_sums_that_the_facts_say(facts: list[Fact]) -> None:
    job = fold(JOB, facts).job
    gone = taken_back(in_order(facts))
    standing = [fact.body for fact in facts if fact.id not in gone]
    assert job.money.charged_fen == sum(body.total_fen for body in standing if isinstance(body, door.Charged))
    assert job.money.paid_fen == sum(body.amount_fen for body in standing if isinstance(body, door.Paid))
    assert job.money.refunded_fen == sum(body.amount_fen for body in standing if isinstance(body, desk.Refunded))
    due_fen = sum(body.amount_fen for body in standing if isinstance(body, desk.RefundRequested))
    assert job.money.refund_due_fen == due_fen


@many
@given(histories())
def test_what_was_agreed_to_is_the_total_of_a_disclosure_that_the_customer_accepted(facts: list[Fact]) -> None:
    for visit in fold(JOB, facts).job.visits:
        accepted = {d.total_fen for d in visit.disclosures if d.acknowledged_at and not d.declined_at}
        assert visit.acknowledged_fen in accepted or (visit.acknowledged_fen is None and not accepted)


@many
@given(histories(hostile=True))
def test_whoever_came_to_the_door_may_hold_the_job_until_it_is_closed(facts: list[Fact]) -> None:
    job = fold(JOB, facts).job
    came = {visit.technician_id for visit in job.visits if visit.arrived_at is not None}

    assert {holders(job)[each] for each in came} <= {None if job.closed_at is None else "closed"}


@many
@given(histories())
def test_every_note_file_part_bill_payment_and_incident_is_in_the_document(facts: list[Fact]) -> None:
    job = fold(JOB, facts).job
    gone = taken_back(in_order(facts))
    of_visits = [each for visit in job.visits for each in _kept(visit)]
    kept = {each.fact_id for each in (*job.notes, *_heard(job), *job.invoices, *job.retractions, *of_visits)}
    said_so = {fact.id for fact in facts if isinstance(fact.body, ALWAYS_KEPT) and fact.id not in gone}
    assert said_so <= kept


ALWAYS_KEPT = (
    shared.NoteAdded,
    shared.FactRetracted,
    feedback.Inspected,
    feedback.FollowedUp,
    feedback.RatingAsked,
    feedback.ErrorConfirmed,
    handling.JobHeld,
    handling.RecoveryMade,
    handling.JobExcluded,
    door.Rated,
    door.PartUsed,
    door.FeesDisclosed,
    door.Charged,
    door.Paid,
    door.IncidentReported,
    vouchers.InvoiceIssued,
)


def _heard(job: Job) -> tuple[Any, ...]:
    return (*job.reviews, *job.rating_requests, *job.errors, *job.holds, *job.recoveries, *job.exclusions)


def _kept(visit: Any) -> tuple[Any, ...]:
    return (*visit.parts, *visit.disclosures, *visit.bills, *visit.payments, *visit.incidents)


def _is_current(job: Job, fact: Fact) -> bool:
    """Whether the value stands in the document."""
    body = fact.body
    if isinstance(body, shared.DetailsAmended):
        return job.details.get(body.field) == (None if body.clear else body.now)
    if isinstance(body, desk.WarrantyDecided):
        return job.warranty_decision == body
    visit = next((visit for visit in job.visits if visit.id == (fact.visit_id or fact.id)), None)
    if visit is None:
        return False
    if isinstance(body, desk.VisitReplanned):
        return visit.plan is None or visit.plan.work_start == body.work_start
    if isinstance(body, desk.VisitPlanned):
        body = as_shown(body)
    return body in (visit.plan, visit.diagnosis, visit.repair)


def _in_conflict(job: Job, fact: Fact) -> bool:
    field = field_of(fact)
    sides = [(c.field, side.value) for c in job.conflicts for side in (c.chosen, c.other)]
    return field is not None and (field.name, field.value) in sides


def _replaces(later: Fact, fact: Fact) -> bool:
    """Whether `later` set the same field knowing of the value."""
    mine, theirs = field_of(fact), field_of(later)
    return mine is not None and theirs is not None and mine.name == theirs.name and saw(later, fact)


def _changed_nothing(fact: Fact, standing: list[Fact]) -> bool:
    """Whether somebody else said the same, or the field was empty before it was emptied."""
    mine = field_of(fact)
    return mine in [field_of(other) for other in standing if other.id != fact.id] or (
        mine is not None and not mine.value
    )


def test_the_value_text_of_a_conflict_reads_back_as_the_body_that_was_said() -> None:
    first = door.Diagnosed(cause_code="AC-C02")
    facts = history(
        opened(),
        planned(),
        said(A, first, "09:10", sees=2, visit=VISIT),
        said(B, door.Diagnosed(cause_code="AC-C05"), "09:20", sees=2, visit=VISIT),
    )
    (conflict,) = fold(JOB, facts).job.conflicts
    assert msgspec.json.decode(conflict.other.value or "", type=door.Diagnosed) == first
