"""What jobs and visits count: the boundary vectors of domain 3.4, and the edges of each formula."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from msgspec import Struct
from msgspec.structs import replace

from domain.facts import Fact, TimeGrade, desk, door, feedback, handling, shared, vouchers
from domain.facts.door.work import PauseReason
from domain.facts.words import PartNeed, Priority, Side, SpecialWork, WorkType
from domain.fold import fold
from domain.measures.derive import measures
from domain.measures.measure import Tally
from domain.people.actor import Role
from tests.domain.bodies import CHECKED_IN, PAID, REPAIRED, SIGNED, SOLVED, WHOLE_VISIT, agreed, bill, fees, line
from tests.domain.builders import (
    DESK,
    JOB,
    OTHER_VISIT,
    SUPERVISOR,
    VISIT,
    A,
    B,
    Person,
    Said,
    clock,
    door_steps,
    history,
    named,
    opened,
    planned,
    said,
)
from tests.domain.histories import histories, many

NEEDS_REVISIT = door.VisitOutcome.NEEDS_REVISIT
ADMIN = Person("管理员", Role.ADMIN, counts=False)
Figures = dict[str, list[Tally]]


def counted(*lines: Said) -> Figures:
    """Every tally of the job and its visits, by KPI."""
    return counted_of(history(*lines))


def counted_of(facts: list[Fact]) -> Figures:
    state = fold(JOB, facts)
    found: Figures = {}
    for measure in measures(state.job, state.memory):
        assert len(measure.tallies) == len(measure.days)
        for tally in measure.tallies:
            found.setdefault(tally.kpi, []).append(tally)
    return found


def one(kpi: str, *lines: Said) -> Tally:
    """The only tally of this KPI."""
    (tally,) = counted(*lines)[kpi]
    return tally


def step(body: Struct, at: str, visit: UUID = VISIT, sees: int | None = None) -> Said:
    return said(A, body, at, visit=visit, sees=sees)


def desk_said(body: Struct, at: str, visit: UUID | None = None) -> Said:
    return said(DESK, body, at, visit=visit)


def result(tally: Tally) -> tuple[int, int, str | None]:
    return tally.numerator, tally.denominator, tally.excluded


@many
@given(histories(hostile=True))
def test_no_list_of_facts_makes_its_measures_raise_or_lose_a_day(facts: list[Fact]) -> None:
    counted_of(facts)


@pytest.mark.parametrize(("at", "kept"), [("2025-07-02T08:00:00", 1), ("2025-07-02T08:00:01", 0)])
def test_a_response_after_exactly_24_hours_is_in_time_and_a_second_later_is_not(at: str, kept: int) -> None:
    tally = one("K01", opened("08:00"), planned("08:01"), step(door.VisitAccepted(), at))

    assert result(tally) == (kept, 1, None)
    assert tally.at == clock("2025-07-02T08:00")


@pytest.mark.parametrize(("at", "kept"), [("09:00:00", 1), ("09:00:01", 0)])
def test_an_urgent_response_after_exactly_60_minutes_is_in_time(at: str, kept: int) -> None:
    urgent = opened("08:00", priority=Priority.URGENT)
    assert result(one("K02", urgent, planned("08:01"), step(door.VisitAccepted(), at))) == (kept, 1, None)


def test_a_job_that_nobody_saw_to_is_a_failure_at_its_limit_and_not_an_exclusion() -> None:
    tally = one("K01", opened("08:00"))

    assert (result(tally), tally.at) == ((0, 1, None), clock("2025-07-02T08:00"))


def test_a_plan_is_no_act_towards_the_customer_and_a_remote_diagnosis_is() -> None:
    means = handling.RequestAnswered(means=handling.AnswerMeans.DIAGNOSED_REMOTELY)
    automatic = handling.RequestAnswered(means=handling.AnswerMeans.AUTOMATIC)

    assert one("K01", opened("08:00"), desk_said(automatic, "08:01"), planned("08:02")).numerator == 0
    assert one("K01", opened("08:00"), desk_said(means, "08:10")).seconds == 600


def test_a_job_that_was_raised_to_urgent_has_an_hour_from_then_and_counts_as_urgent_only() -> None:
    raised = shared.DetailsAmended(field=shared.Detail.PRIORITY, was="normal", now="urgent")
    facts = (opened("08:00"), planned("08:01"), desk_said(raised, "12:00"), step(door.VisitAccepted(), "13:00"))

    figures = counted(*facts)

    assert "K01" not in figures
    assert (result(figures["K02"][0]), figures["K02"][0].seconds) == ((1, 1, None), 3600)


def test_only_a_supervisor_can_lower_the_priority_out_of_the_urgent_limit() -> None:
    lowered = shared.DetailsAmended(field=shared.Detail.PRIORITY, was="urgent", now="normal")
    urgent = opened("08:00", priority=Priority.URGENT)

    assert "K02" in counted(urgent, desk_said(lowered, "08:30"))
    assert "K02" in counted(urgent, said(ADMIN, lowered, "08:30"))
    assert "K02" not in counted(urgent, said(SUPERVISOR, lowered, "08:30"))


@pytest.mark.parametrize(("at", "kpi"), [("2025-07-02T08:00:00", "K02"), ("2025-07-02T08:00:01", "K01")])
def test_a_limit_that_was_missed_stays_missed_when_the_job_is_raised_afterwards(at: str, kpi: str) -> None:
    raised = shared.DetailsAmended(field=shared.Detail.PRIORITY, was="normal", now="urgent")
    figures = counted(opened("08:00"), desk_said(raised, at), planned(at), step(door.VisitAccepted(), at))

    assert [name for name in ("K01", "K02") if name in figures] == [kpi]
    assert figures[kpi][0].numerator == int(kpi == "K02")


def test_a_job_answered_in_time_and_raised_later_was_answered_as_an_urgent_one() -> None:
    raised = shared.DetailsAmended(field=shared.Detail.PRIORITY, was="normal", now="urgent")
    figures = counted(
        opened("08:00"), planned("08:01"), step(door.VisitAccepted(), "09:00"), desk_said(raised, "2025-07-03T08:00")
    )

    assert (result(figures["K02"][0]), figures["K02"][0].at) == ((1, 1, None), clock("2025-07-03T08:00"))


def test_a_customer_who_cancels_before_act_and_limit_is_left_out_and_one_who_cancels_later_is_not() -> None:
    cancelled = desk.JobCancelled(side=Side.CUSTOMER, reason="不修了")

    assert one("K01", opened("08:00"), desk_said(cancelled, "20:00")).excluded == "customer_cancelled"
    assert result(one("K01", opened("08:00"), desk_said(cancelled, "2025-07-02T08:00:01"))) == (0, 1, None)


def test_a_job_that_the_company_gives_up_before_it_answered_is_a_failure() -> None:
    given_up = desk.JobCancelled(side=Side.COMPANY, reason="排不开")

    tally = one("K01", opened("08:00"), desk_said(given_up, "09:00"))

    assert (result(tally), tally.at) == ((0, 1, None), clock("2025-07-02T08:00"))


@pytest.mark.parametrize(("at", "kept"), [("11:00:00", 1), ("11:00:01", 0), ("08:30", 1)])
def test_a_check_in_at_the_end_of_the_window_is_on_time(at: str, kept: int) -> None:
    assert result(one("K03", opened(), planned(), step(CHECKED_IN, at))) == (kept, 1, None)


def test_a_visit_to_which_nobody_came_is_missed_at_the_end_of_its_window() -> None:
    tally = one("K03", opened(), planned())

    assert (result(tally), tally.at) == ((0, 1, None), clock("11:00"))


def moved(asked_by: Side, at: str, *, agreed: bool = True) -> Said:
    body = desk.VisitReplanned(
        window_start=clock("2025-07-02T09:00"),
        window_end=clock("2025-07-02T11:00"),
        work_start=clock("2025-07-02T09:00"),
        work_end=clock("2025-07-02T10:00"),
        asked_by=asked_by,
        customer_agreed=agreed,
    )
    return desk_said(body, at, VISIT)


@pytest.mark.parametrize(
    ("asked_by", "agreed", "at", "kept"),
    [
        (Side.CUSTOMER, True, "08:59", 1),
        (Side.CUSTOMER, True, "09:00", 0),
        (Side.COMPANY, True, "08:59", 1),
        (Side.COMPANY, False, "08:59", 0),
        (Side.COMPANY, True, "09:30", 0),
    ],
)
def test_a_new_window_counts_when_the_customer_asked_or_agreed_before_the_first_one_began(
    asked_by: Side, at: str, kept: int, *, agreed: bool
) -> None:
    figures = counted(opened(), planned(), moved(asked_by, at, agreed=agreed), step(CHECKED_IN, "2025-07-02T10:59"))

    assert result(figures["K03"][0]) == (kept, 1, None)
    assert figures["K03"][0].at == clock("2025-07-02T10:59" if kept else "11:00")
    assert figures["K37"][0].numerator == (asked_by is Side.COMPANY)


def test_a_visit_in_the_place_of_another_is_held_to_what_was_promised_then() -> None:
    instead = planned(
        "08:30",
        OTHER_VISIT,
        B,
        replaces_visit_id=VISIT,
        window_start=clock("14:00"),
        window_end=clock("16:00"),
        work_start=clock("14:00"),
        work_end=clock("15:00"),
    )

    figures = counted(opened(), planned(), instead, said(B, CHECKED_IN, "14:05", visit=OTHER_VISIT))

    assert [result(each) for each in figures["K03"]] == [(0, 1, None)]


def test_a_closed_door_is_on_time_only_where_the_arrival_is_shown() -> None:
    nobody = door.VisitEnded(outcome=door.VisitOutcome.NO_ACCESS)
    shown = door.Arrived(evidence=door.ArrivalEvidence.PLATE_SCAN)

    assert one("K03", opened(), planned(), step(shown, "10:00"), step(nobody, "10:20")).numerator == 1
    assert one("K03", opened(), planned(), step(door.Arrived(), "10:00"), step(nobody, "10:20")).numerator == 0


@pytest.mark.parametrize(("at", "missed"), [("11:00:00", 0), ("11:00:01", 2)])
def test_a_declined_visit_is_kept_by_whoever_comes_in_its_window_and_missed_with_who_comes_later(
    at: str, missed: int
) -> None:
    declined = step(door.VisitDeclined(reason="病假"), "08:30")
    other = (planned("08:40", OTHER_VISIT, B), said(B, door.Arrived(), at, visit=OTHER_VISIT))
    figures = counted(opened(), planned(), declined, *other)

    assert sum(not tally.numerator for tally in figures["K03"]) == missed
    assert len(figures["K03"]) == max(1, missed)


def test_a_customer_who_calls_a_visit_off_before_its_end_is_left_out_and_the_company_is_not() -> None:
    def off(side: Side) -> Said:
        return desk_said(desk.VisitCancelled(side=side, reason="改期"), "08:30", VISIT)

    assert one("K03", opened(), planned(), off(Side.CUSTOMER)).excluded == "customer_cancelled"
    assert result(one("K03", opened(), planned(), off(Side.COMPANY))) == (0, 1, None)


@pytest.mark.parametrize(("at", "heard", "well"), [("10:30", 1, 1), ("10:31", 1, 0), ("11:00", 0, 0)])
def test_a_late_visit_counts_whether_the_customer_heard_before_the_window_ended(at: str, heard: int, well: int) -> None:
    late = door.CustomerContacted(reached=True, late_until=clock("12:00"))
    figures = counted(opened(), planned(), step(late, at), step(CHECKED_IN, "11:40"))

    assert (figures["K35"][0].numerator, figures["K35b"][0].numerator) == (heard, well)
    assert "K35" not in counted(opened(), planned(), step(CHECKED_IN, "10:40"))


@pytest.mark.parametrize(("at", "kept"), [("08:31", 1), ("08:31:01", 0)])
def test_a_customer_reached_30_minutes_after_the_dispatch_is_reached_in_time(at: str, kept: int) -> None:
    assert one("K36", opened(), planned("08:01"), step(door.CustomerContacted(reached=True), at)).numerator == kept


def test_a_customer_who_was_reached_before_another_technician_took_over_was_reached() -> None:
    call = desk_said(door.CustomerContacted(reached=True), "08:10", VISIT)
    instead = planned("08:20", OTHER_VISIT, B, replaces_visit_id=VISIT)

    figures = counted(opened(), planned("08:01"), call, instead)

    assert [(result(each), each.seconds) for each in figures["K36"]] == [((1, 1, None), 9 * 60)]


def whole(*more: Said, work_type: WorkType = WorkType.REPAIR) -> tuple[Said, ...]:
    """A visit that solved it, a minute for each step from nine."""
    return (opened(work_type=work_type), planned(), *door_steps(*WHOLE_VISIT), *more)


def test_a_solved_visit_counts_as_solved_at_the_first_visit_and_its_repair_time_is_work_without_pauses() -> None:
    pause, on = door.WorkPaused(reason=PauseReason.BREAK), door.WorkResumed()
    steps = (CHECKED_IN, door.WorkStarted(make_safe=True), pause, on, REPAIRED, door.WorkFinished(), SIGNED, SOLVED)
    figures = counted(opened(asset_id=named("asset")), planned(), *door_steps(*steps))

    assert [result(figures[kpi][0]) for kpi in ("K04", "K06", "K08", "K10", "K21")] == [
        (1, 1, None),
        (1, 1, None),
        (0, 1, None),
        (0, 1, None),
        (0, 1, None),
    ]
    assert figures["K07"][0].numerator == 3 * 60
    assert figures["K08"][0].decided_at == clock("2025-07-31T16:00")


def test_a_second_visit_is_no_first_visit_fix_and_a_missing_part_excludes_nothing() -> None:
    short = door.VisitEnded(
        outcome=door.VisitOutcome.NEEDS_REVISIT,
        missing_parts=(PartNeed(part_code="P", quantity_thousandths=1000),),
    )
    first = door_steps(CHECKED_IN, short)
    second = door_steps(*WHOLE_VISIT, who=B, visit=OTHER_VISIT, start="14:00", sees=5)
    figures = counted(opened(), planned(), *first, planned("13:00", OTHER_VISIT, B), *second)

    assert (result(figures["K04"][0]), result(figures["K06"][0])) == ((1, 1, None), (0, 1, None))
    assert (result(figures["K21"][0]), figures["K21"][0].at) == ((1, 1, None), clock("09:01"))
    assert result(figures["K22"][0]) == (0, 1000, None)


def test_a_refused_quote_is_left_out_of_resolution_by_name() -> None:
    refused = door.VisitEnded(outcome=door.VisitOutcome.CUSTOMER_DECLINED)
    figures = counted(opened(), planned(), *door_steps(CHECKED_IN, fees(), door.FeesDeclined(), refused))

    assert {figures[kpi][0].excluded for kpi in ("K04", "K06")} == {"quote_refused"}
    assert {result(figures[kpi][0]) for kpi in ("K16", "K17", "K20", "K20b")} == {(0, 1, None)}
    assert "K24" not in figures


def test_a_temporary_fix_that_the_desk_closes_is_not_solved() -> None:
    ended = door.VisitEnded(outcome=door.VisitOutcome.TEMPORARY)
    lines = (opened(), planned(), *door_steps(CHECKED_IN, ended))

    assert "K04" not in counted(*lines)
    assert result(one("K04", *lines, desk_said(desk.JobClosed(), "18:00"))) == (0, 1, None)


def test_solved_by_word_alone_is_not_solved_without_test_or_signature() -> None:
    untested = (CHECKED_IN, door.WorkStarted(make_safe=True), door.WorkFinished(tested=False), SOLVED)
    assert one("K04", opened(), planned(), *door_steps(*untested)).numerator == 0
    assert one("K04", opened(), planned(), *door_steps(*untested[:3], SIGNED, SOLVED)).numerator == 1


def test_a_repair_time_on_a_clock_that_is_not_known_is_left_out() -> None:
    facts = [
        replace(fact, grade=TimeGrade.ASSUMED) if isinstance(fact.body, door.WorkStarted) else fact
        for fact in history(*whole())
    ]
    assert counted_of(facts)["K07"][0].excluded == "unreliable_clock"


@pytest.mark.parametrize(("finish", "kept"), [("09:12", 1), ("09:11", 0)])
def test_a_promised_finish_is_kept_to_the_minute_and_missed_at_its_own_time(finish: str, kept: int) -> None:
    told = fees(expected_finish_at=clock(finish))
    steps = [told if isinstance(body, door.FeesDisclosed) else body for body in WHOLE_VISIT]
    steps = [agreed(told) if isinstance(body, door.FeesAcknowledged) else body for body in steps]
    figures = counted(opened(), planned(), *door_steps(*steps))
    done = figures["K04"][0].at

    assert figures["K09"][0].numerator == (clock(finish) >= done)


@pytest.mark.parametrize(("agreed_at", "kept"), [("09:30:00", 1), ("09:30:01", 0)])
def test_a_promise_is_put_off_by_agreement_until_it_is_missed_and_not_afterwards(agreed_at: str, kept: int) -> None:
    first, more = fees(expected_finish_at=clock("09:30")), fees(line(), line(), expected_finish_at=clock("12:00"))
    told = (step(first, "09:00"), step(agreed(first), "09:01"), step(more, "09:10"), step(agreed(more), agreed_at))
    done = door_steps(CHECKED_IN, door.WorkStarted(), REPAIRED, door.WorkFinished(), SIGNED, SOLVED, start="11:00")
    tally = one("K09", opened(), planned(), *told, *done)

    assert (tally.numerator, tally.at) == (kept, clock("11:05") if kept else clock("09:30"))


def test_waiting_for_the_customer_counts_until_the_job_is_done_and_waiting_for_others_does_not() -> None:
    customer, company = (handling.JobHeld(reason=handling.HoldReason(side)) for side in ("customer", "company"))
    released = desk_said(handling.JobReleased(), "20:00")

    waited = one("K09c", *whole(said(DESK, customer, "09:10", sees=2), released))
    assert (waited.numerator, waited.at) == (3 * 60, clock("09:13"))
    assert one("K09c", *whole(said(DESK, company, "09:10", sees=2), released)).numerator == 0


def test_fees_told_agreed_to_and_paid_as_agreed_comply() -> None:
    figures = counted(*whole())

    for kpi in ("K12", "K12a", "K12b", "K39b"):
        assert result(figures[kpi][0]) == (1, 1, None), kpi
    assert result(figures["K12c"][0]) == (0, 12_000, None)


def test_paid_work_before_the_acknowledgement_breaks_notice_and_compliance() -> None:
    steps = (
        CHECKED_IN,
        fees(),
        door.WorkStarted(),
        agreed(),
        REPAIRED,
        door.WorkFinished(),
        bill(),
        PAID,
        SIGNED,
        SOLVED,
    )
    figures = counted(opened(), planned(), *door_steps(*steps))

    assert (figures["K12a"][0].numerator, figures["K12"][0].numerator) == (0, 0)
    assert len(figures["D-work-before-quote"]) == 1


def test_what_was_agreed_to_on_a_visit_without_a_bill_hides_no_charge_above_the_bills_own() -> None:
    first = door_steps(CHECKED_IN, fees(), agreed(), door.WorkStarted(), door.VisitEnded(outcome=NEEDS_REVISIT))
    second = door_steps(*WHOLE_VISIT, who=B, visit=OTHER_VISIT, start="14:00", sees=7)

    figures = counted(opened(), planned(), *first, planned("13:00", OTHER_VISIT, B), *second)

    assert result(figures["K12c"][0]) == (0, 12_000, None)


def test_an_invoice_that_was_asked_for_is_missing_until_it_is_issued() -> None:
    asked = desk_said(vouchers.InvoiceRequested(), "12:00")
    issued = vouchers.InvoiceIssued(kind=vouchers.Voucher.INVOICE, number="1", amount_fen=12_000)

    missing, there = one("K39", *whole(asked)), one("K39", *whole(asked, desk_said(issued, "2025-07-02T09:00")))

    assert (result(missing), missing.at) == ((0, 1, None), clock("12:00"))
    assert (result(there), there.at) == ((1, 1, None), clock("2025-07-02T09:00"))


def rated(score: int, at: str) -> Said:
    return desk_said(door.Rated(score=score), at)


def test_silence_is_no_rating_and_the_last_one_before_the_deadline_counts() -> None:
    assert "K14" not in counted(*whole())
    figures = counted(*whole(rated(1, "12:00"), rated(4, "13:00"), rated(1, "2025-07-09T12:00")))

    assert [result(each) for each in figures["K14"]] == [(1, 1, None)]
    assert result(figures["K15"][0]) == (3, 4, None)
    assert (result(figures["K16"][0]), figures["K16"][0].at.day) == ((1, 1, None), 8)


def test_to_be_asked_about_a_complaint_puts_the_end_of_the_rating_off_no_further_than_the_job_s_own() -> None:
    later = clock("2025-07-20T12:00")
    about_job, about_complaint = (feedback.RatingAsked(until=later, complaint_id=each) for each in (None, named("c")))
    score = rated(5, "2025-07-15T12:00")

    assert one("K16", *whole(desk_said(about_job, "12:00"), score)).at == later
    assert result(one("K16", *whole(desk_said(about_complaint, "12:00"), score))) == (0, 1, None)


def test_a_voided_rating_is_counted_openly_and_the_one_before_it_stands() -> None:
    lines = whole(rated(5, "12:00"), rated(1, "13:00"))
    mistaken = history(*lines)[-1].id
    void = feedback.RatingVoided(rating_fact_id=mistaken, reason=feedback.VoidReason.WRONG_JOB)
    figures = counted(*lines, desk_said(void, "14:00"))

    assert sorted(result(each) for each in figures["K14"] if each.excluded is None) == [(1, 1, None)]
    assert [each.excluded for each in figures["K14"] if each.excluded] == ["voided_wrong_job"]


@pytest.mark.parametrize(("answered", "kept"), [("2025-07-02T12:00:00", 1), ("2025-07-02T12:00:01", 0)])
def test_a_complaint_is_answered_within_24_hours_and_solved_within_48(answered: str, kept: int) -> None:
    opened_at = feedback.ComplaintOpened(complaint_id=named("complaint"), cause_code="late")
    answer = feedback.ComplaintAnswered(complaint_id=named("complaint"), solved=False, answer="道歉")
    offer = replace(answer, solution_offered=True)
    lines = whole(desk_said(opened_at, "12:00"), desk_said(answer, answered), desk_said(offer, "2025-07-03T12:00"))
    figures = counted(*lines)

    assert (figures["K18"][0].numerator, figures["K19"][0].numerator) == (kept, 1)
    assert figures["E-complaint"][0].numerator == kept
    assert sorted(result(each)[:2] for each in figures["K40"]) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(("offered", "kept"), [("2025-07-03T12:00:00", 1), ("2025-07-03T12:00:01", 0)])
def test_a_solution_is_offered_within_48_hours_of_the_complaint_and_not_of_its_answer(offered: str, kept: int) -> None:
    opened_at = feedback.ComplaintOpened(complaint_id=named("complaint"), cause_code="late")
    contact = feedback.ComplaintAnswered(complaint_id=named("complaint"), solved=False, answer="道歉")
    offer = replace(contact, solution_offered=True)
    lines = (desk_said(opened_at, "12:00"), desk_said(contact, "2025-07-02T12:00"), desk_said(offer, offered))

    assert one("K19", *whole(*lines)).numerator == kept


def test_a_complaint_that_names_no_visit_of_the_job_is_against_the_last_one_attended() -> None:
    complaint = feedback.ComplaintOpened(complaint_id=named("complaint"), cause_code="late")
    nowhere = desk_said(complaint, "12:00", named("another job's visit"))

    assert sorted(result(each)[:2] for each in counted(*whole(nowhere))["K40"]) == [(0, 1), (1, 0)]
    assert "K40" not in counted(opened(), nowhere)


def test_a_loop_is_closed_when_every_step_is_done_and_missed_at_the_limit_when_one_is_not() -> None:
    done = (
        desk_said(handling.ReportDelivered(), "12:00"),
        desk_said(feedback.FollowedUp(reached=True), "2025-07-02T12:00"),
        desk_said(desk.JobClosed(), "2025-07-02T13:00"),
    )
    closed, open_ = one("K17", *whole(*done)), one("K17", *whole(*done[:2]))

    assert (result(closed), closed.at) == ((1, 1, None), clock("2025-07-02T13:00"))
    assert (result(open_), open_.at.day) == ((0, 1, None), 8)


@pytest.mark.parametrize(("minute", "kept"), [("00", 1), ("01", 0)])
def test_a_follow_up_counts_within_three_days_reached_or_not(minute: str, kept: int) -> None:
    done = one("K04", *whole()).at + timedelta(days=3)
    called = desk_said(feedback.FollowedUp(reached=False), f"2025-07-{done:%dT%H:%M}:{minute}")
    figures = counted(*whole(called))

    assert (figures["K20"][0].numerator, figures["K20b"][0].numerator) == (kept, 0)


@pytest.mark.parametrize(
    ("due", "paid", "kept"),
    [
        # Friday before a holiday of eight days, with a working Sunday before and a working Saturday after it.
        ("2025-09-26T10:00", "2025-10-10T15:59", 1),
        ("2025-09-26T10:00", "2025-10-10T16:00", 0),
    ],
)
def test_a_refund_is_due_in_five_working_days_holidays_left_out_and_make_up_days_counted(
    due: str, paid: str, kept: int
) -> None:
    asked = desk_said(desk.RefundRequested(amount_fen=100, reason="多收"), due)
    back = desk_said(desk.Refunded(amount_fen=100), paid)
    assert one("K34", opened(), asked, back).numerator == kept


def test_a_payment_that_a_later_bill_used_up_was_never_due_back_and_what_it_left_over_was_from_then_on() -> None:
    ahead = (opened(), planned(), step(PAID, "09:00"))
    assert "K34" not in counted(*ahead, step(bill(), "2025-07-20T09:00"))

    figures = counted(
        *ahead,
        step(bill(line(11_000)), "2025-07-20T09:00"),
        desk_said(desk.Refunded(amount_fen=1_000), "2025-07-21T09:00"),
    )
    assert [result(each) for each in figures["K34"]] == [(0, 1, None)]
    assert [result(each) for each in figures["K34b"]] == [(1, 1, None)]


def test_a_failure_is_made_good_within_48_hours_of_being_certain() -> None:
    bad = rated(2, "12:00")
    made = handling.RecoveryMade(failure=handling.FailureKind.LOW_RATING, action="visit_again")

    assert one("K28", *whole(bad, desk_said(made, "11:59:59"))).numerator == 0
    assert one("K28", *whole(bad, desk_said(made, "12:00:00"))).numerator == 1
    assert one("K28", *whole(bad, desk_said(made, "2025-07-03T12:00:00"))).numerator == 1
    assert one("K28", *whole(bad, desk_said(made, "2025-07-03T12:00:01"))).numerator == 0


def test_an_exclusion_holds_when_it_is_recorded_before_the_outcome_or_a_supervisor_says_why() -> None:
    test_record = handling.JobExcluded(reason=handling.ExclusionReason.TEST, measures=("K01",))
    lines = (opened("08:00"), planned("08:01"))
    late = "2025-07-02T09:00"

    assert one("K01", *lines, desk_said(test_record, "09:00")).excluded == "test"
    assert one("K01", *lines, desk_said(test_record, late)).excluded is None
    approved = replace(test_record, note="演练")
    assert one("K01", *lines, said(SUPERVISOR, approved, late)).excluded == "test"
    assert counted(*lines, desk_said(test_record, "09:00"))["K03"][0].excluded is None


def test_special_work_counts_by_the_certificates_of_its_day() -> None:
    figures = counted(opened(special_work=(SpecialWork.GAS,)), planned(), *door_steps(CHECKED_IN, door.WorkStarted()))
    assert result(figures["K25"][0]) == (0, 1, None)


def test_an_installation_is_no_repair() -> None:
    figures = counted(*whole(work_type=WorkType.INSTALL))

    assert not {"K06", "K07", "K08", "K10", "K21"} & set(figures)
    assert "E-installation" in figures


def test_what_a_phone_held_back_for_more_than_a_day_is_late_when_the_day_is_over() -> None:
    facts = history(opened(), planned(), step(CHECKED_IN, "10:00"))
    just = [replace(fact, recorded_at=fact.recorded_at + timedelta(hours=24)) for fact in facts]
    late = [replace(fact, recorded_at=fact.recorded_at + timedelta(hours=24, seconds=1)) for fact in facts]

    assert result(counted_of(just)["K29"][0]) == (1, 1, None)
    assert result(counted_of(late)["K29"][0]) == (0, 1, None)
    assert counted_of(late)["K29"][0].at == clock("2025-07-02T10:00")
