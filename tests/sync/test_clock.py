"""A fact's time: within its bracket whatever the phone said, right where the phone could know it, graded always."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import TimeGrade
from domain.job.document import LOW_GRADES
from sync.clock import LONGEST_OFFLINE, Exchange, corrected, offset_ms
from sync.record import Envelope
from tests.sync.examples import JOB, NOON, boots, envelopes, offsets, times, uptimes


def said(at: datetime, **more: object) -> Envelope:
    return Envelope(id=JOB, job_id=JOB, happened_at=at, **more)  # type: ignore[arg-type]


def exchange(
    ahead: timedelta | None = timedelta(), uptime_ms: int | None = None, boot_id: str | None = None
) -> Exchange:
    device_at = None if ahead is None else NOON + ahead
    return Exchange(server_at=NOON, device_at=device_at, uptime_ms=uptime_ms, boot_id=boot_id)


@given(envelopes(), st.none() | times, uptimes, boots, st.none() | offsets)
def test_a_time_lies_between_what_its_author_had_seen_and_its_recording(
    envelope: Envelope, device_at: datetime | None, uptime_ms: int | None, boot_id: str | None, seen: timedelta | None
) -> None:
    exchange = Exchange(server_at=NOON, device_at=device_at, uptime_ms=uptime_ms, boot_id=boot_id)
    seen_at = None if seen is None else NOON - abs(seen)
    at, grade = corrected(envelope, exchange, seen_at)
    assert at <= NOON
    assert seen_at is None or at >= seen_at
    assert at.astimezone(UTC).year >= 1
    assert at == corrected(envelope, exchange, seen_at)[0]
    if envelope.happened_at > NOON and device_at is None and grade is not TimeGrade.MONOTONIC:
        assert grade is TimeGrade.CLAMPED


@given(st.timedeltas(timedelta(days=-3000), timedelta(days=3000)), st.integers(0, 10_000))
def test_a_clock_that_is_off_is_seen_through_and_trusted_for_a_day(ahead: timedelta, minutes_ago: int) -> None:
    happened = NOON - timedelta(minutes=minutes_ago)
    grade = TimeGrade.OFFSET if minutes_ago <= 24 * 60 else TimeGrade.ASSUMED
    assert corrected(said(happened + ahead), exchange(ahead), None) == (happened, grade)


def test_the_older_a_fact_the_less_the_offset_of_its_arrival_says_of_it() -> None:
    """A monotonic clock of the same boot is trusted for as long as it ran."""
    ages = (timedelta(days=1), timedelta(days=1, milliseconds=1), LONGEST_OFFLINE, LONGEST_OFFLINE * 2)
    grades = [corrected(said(NOON - age), exchange(), None)[1] for age in ages]
    assert grades == [TimeGrade.OFFSET, TimeGrade.ASSUMED, TimeGrade.UNMEASURED, TimeGrade.UNMEASURED]
    assert [grade in LOW_GRADES for grade in grades] == [False, True, True, True]
    ran = said(NOON - timedelta(days=30), uptime_ms=0, boot_id="boot-1")
    month_ms = timedelta(days=30) // timedelta(milliseconds=1)
    assert corrected(ran, exchange(uptime_ms=month_ms, boot_id="boot-1"), None)[1] is TimeGrade.MONOTONIC


@given(offsets, st.integers(0, 2**40), st.integers(0, 10**9))
def test_a_jump_of_the_wall_clock_is_seen_through_by_the_monotonic_one(
    jump: timedelta, uptime_ms: int, age_ms: int
) -> None:
    """The phone said nonsense of the hour, and its clock was set right before it synced."""
    fact = said(NOON + jump, uptime_ms=uptime_ms, boot_id="boot-1")
    at, grade = corrected(fact, exchange(uptime_ms=uptime_ms + age_ms, boot_id="boot-1"), None)
    assert (at, grade) == (NOON - timedelta(milliseconds=age_ms), TimeGrade.MONOTONIC)


@pytest.mark.parametrize(
    ("fact_boot", "fact_uptime", "boot", "uptime"),
    [
        ("boot-1", 100, "boot-2", 200),
        (None, 100, None, 200),
        ("boot-1", None, "boot-1", 200),
        ("boot-1", 100, "boot-1", None),
        ("boot-1", 300, "boot-1", 200),
    ],
)
def test_a_monotonic_clock_counts_within_one_boot_only(
    fact_boot: str | None, fact_uptime: int | None, boot: str | None, uptime: int | None
) -> None:
    fact = said(NOON - timedelta(hours=1), uptime_ms=fact_uptime, boot_id=fact_boot)
    assert corrected(fact, exchange(uptime_ms=uptime, boot_id=boot), None)[1] is TimeGrade.OFFSET


@pytest.mark.parametrize("ahead", [timedelta(), None])
def test_a_time_is_told_in_utc_whatever_zone_the_phone_wrote_so_that_a_stored_log_folds_to_the_same_bytes(
    ahead: timedelta | None,
) -> None:
    happened = NOON - timedelta(hours=1)
    at, _ = corrected(said(happened.astimezone(timezone(timedelta(hours=5, minutes=45)))), exchange(ahead), None)
    assert (at, at.utcoffset()) == (happened, timedelta())


@pytest.mark.parametrize("year", [1970, 2099, 2, 9998])
@pytest.mark.parametrize("ahead", [timedelta(), None])
def test_an_absurd_time_is_graded_low_never_refused(year: int, ahead: timedelta | None) -> None:
    assert corrected(said(datetime(year, 6, 1, tzinfo=UTC)), exchange(ahead), None)[1] in LOW_GRADES


@pytest.mark.parametrize(
    ("ahead", "told"), [(timedelta(hours=3), 10_800_000), (timedelta(milliseconds=-7), -7), (timedelta(), 0)]
)
def test_an_offset_is_how_far_the_device_is_ahead(ahead: timedelta, told: int) -> None:
    assert offset_ms(exchange(ahead)) == told
    assert offset_ms(exchange(None)) is None
