"""KPIs over the real database: counted from facts that were pushed, and from nothing else."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import update

from domain.kpis.query import ReportQuery
from domain.kpis.result import KpiResult
from domain.people.actor import Role
from service.database import Database
from service.kpis.results import results
from service.store.tables import measures
from tests.builders.fleet import CHECK_IN, a_person, an_outlet, both, planned_job, stored
from tests.builders.organisations import Organisation, Person, add_organisation
from tests.builders.phone import START, Phone, job_opened

FIRST, LAST = (START - timedelta(days=2)).date(), (START + timedelta(days=2)).date()
PERIOD: dict[str, Any] = {"first_day": FIRST.isoformat(), "last_day": LAST.isoformat()}
REPAIR = {"cause_code": "AC-C02", "measure_codes": ["M01"], "result": "solved"}
SOLVED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("checked_in", CHECK_IN),
    ("work_started", {"make_safe": True}),
    ("repair_recorded", REPAIR),
    ("work_finished", {}),
    ("signed_off", {"method": "signature"}),
    ("visit_ended", {"outcome": "solved"}),
)


class Street:
    """One outlet with a desk and a phone, and the figures of these days."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation) -> None:
        self.client, self.database, self.organisation = client, database, organisation
        self.desk, self.phone = both(client, organisation)

    async def job(self, begins: int = 60, **opening: Any) -> tuple[UUID, UUID]:
        return await planned_job(self.desk, self.organisation.outlet_id, self.phone.person, begins=begins, **opening)

    async def solve(self, job: tuple[UUID, UUID], minute: int = 70) -> None:
        steps = [
            self.phone.fact(job[0], kind, body, visit_id=job[1], minute=minute + index)
            for index, (kind, body) in enumerate(SOLVED)
        ]
        await self.phone.push(*steps)

    async def figure(self, kpi: str, at: datetime | None = None) -> KpiResult:
        report = ReportQuery(first_day=FIRST, last_day=LAST, kpis=(kpi,))
        async with self.database.reader() as db:
            (found,) = await results(db, self.desk.person.actor, report, at or datetime.now(UTC))
        return found

    async def ask(self, path: str, person: Person | None = None, **query: Any) -> Response:
        headers = (person or self.desk.person).headers
        return await self.client.get(path, params=query, headers=headers)

    async def report(self, person: Person | None = None, **query: Any) -> list[dict[str, Any]]:
        answer = await self.ask("/v1/kpis/results", person, **{**PERIOD, **query})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    async def items(self, kpi: str, **query: Any) -> dict[str, Any]:
        answer = await self.ask(f"/v1/kpis/{kpi}/items", **{**PERIOD, **query})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture
async def street(client: AsyncClient, database: Database, an_organisation: Organisation) -> Street:
    return Street(client, database, an_organisation)


def counts(figure: KpiResult | Mapping[str, Any]) -> tuple[int, int, int]:
    plain = (
        figure
        if isinstance(figure, Mapping)
        else {name: getattr(figure, name) for name in ("numerator", "denominator", "pending")}
    )
    return plain["numerator"], plain["denominator"], plain["pending"]


async def test_a_visit_counts_as_on_time_as_soon_as_it_is_pushed(street: Street) -> None:
    job_id, visit_id = await street.job()
    nobody_there = await street.figure("K03")
    await street.phone.push(street.phone.fact(job_id, "arrived", {}, visit_id=visit_id, minute=70))

    there = await street.figure("K03")

    assert (counts(nobody_there), nobody_there.value_hundredths) == ((0, 1, 0), 0)
    assert (counts(there), there.value_hundredths, there.small_sample, there.passed) == ((1, 1, 0), 10_000, True, True)


async def test_what_is_not_decided_yet_is_pending_and_in_no_figure_though_nothing_is_written_when_it_is(
    street: Street,
) -> None:
    await street.client.post(
        "/v1/jobs", json=job_opened(street.organisation.outlet_id), headers=street.desk.person.headers
    )

    now, in_two_days = await street.figure("K01"), await street.figure("K01", datetime.now(UTC) + timedelta(days=2))

    assert (counts(now), now.value_hundredths, now.passed) == ((0, 0, 1), None, None)
    assert (counts(in_two_days), in_two_days.value_hundredths) == ((0, 1, 0), 0)


async def test_no_ratings_come_to_no_figure_and_k05_to_none_without_intake_data(street: Street) -> None:
    await street.solve(await street.job())

    for kpi in ("K14", "K05"):
        figure = await street.figure(kpi)
        assert (counts(figure), figure.value_hundredths, figure.interval_low_hundredths) == ((0, 0, 0), None, None)


async def again(street: Street, asset_id: UUID, at: datetime, **opening: Any) -> UUID:
    """The asset is reported again."""
    job_id = uuid4()
    body = job_opened(street.organisation.outlet_id, asset_id=str(asset_id), reported_at=at.isoformat(), **opening)
    await street.desk.push(street.desk.fact(job_id, "job_opened", body))
    return job_id


def at_site(day: date, hour: int, minute: int = 0) -> datetime:
    """In Shanghai, which is eight hours ahead."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(("hours_after_day_30", "repeated"), [(-1, 1), (0, 0)])
async def test_a_report_on_day_30_is_a_repeat_and_one_on_day_31_is_not(
    street: Street, hours_after_day_30: int, repeated: int
) -> None:
    asset_id = uuid4()
    await street.solve(await street.job(asset_id=str(asset_id), symptom_code="AC-S01"))
    done = (START + timedelta(minutes=75, hours=8)).date()
    at = at_site(done + timedelta(days=31), 0) + timedelta(hours=hours_after_day_30)
    await again(street, asset_id, at, symptom_code="AC-S01")
    mature = at_site(done + timedelta(days=31), 0, 1)

    fix, repeat = await street.figure("K06", mature), await street.figure("K08", mature)

    assert (counts(fix), counts(repeat)) == ((1 - repeated, 1, 0), (repeated, 1, 0))
    assert counts(await street.figure("K08")) == (0, 0, 1)
    assert (fix.provisional, repeat.provisional) == (True, True)


async def test_another_fault_repeats_nothing_but_shows_in_the_second_figure(street: Street) -> None:
    asset_id, later = uuid4(), datetime.now(UTC) + timedelta(days=40)
    await street.solve(await street.job(asset_id=str(asset_id), symptom_code="AC-S01"))
    await again(street, asset_id, datetime.now(UTC), symptom_code="AC-S03")

    assert [counts(await street.figure(kpi, later)) for kpi in ("K06", "K08", "K08b")] == [
        (1, 1, 0),
        (0, 1, 0),
        (1, 1, 0),
    ]


async def test_a_repeat_for_proven_damage_by_the_user_leaves_the_repair_out(street: Street) -> None:
    asset_id, later = uuid4(), datetime.now(UTC) + timedelta(days=40)
    await street.solve(await street.job(asset_id=str(asset_id), symptom_code="AC-S01"))
    damaged = await again(street, asset_id, datetime.now(UTC), symptom_code="AC-S01")
    decided = {"decision": "paid", "basis": "进水", "exclusion_code": "misuse", "evidence_digests": ["a" * 64]}
    await street.desk.push(street.desk.fact(damaged, "warranty_decided", {**decided, "customer_told": True}, minute=90))

    repeat = await street.figure("K08", later)

    assert counts(repeat) == (0, 0, 0)
    assert [(each.reason, each.count) for each in repeat.excluded] == [("user_damage", 1)]
    assert counts(await street.figure("K06", later)) == (1, 1, 0)


async def test_a_fact_that_is_taken_back_leaves_the_figures_as_if_it_had_never_come(street: Street) -> None:
    job_id, visit_id = await street.job()
    arrived = street.phone.fact(job_id, "arrived", {}, visit_id=visit_id, minute=70)
    extra = street.phone.fact(job_id, "visit_accepted", {}, visit_id=uuid4(), minute=71)
    await street.phone.push(arrived)
    before = await stored(street.database, measures)
    await street.phone.push(extra)
    for fact in (arrived, extra):
        retraction = {"fact_id": fact["id"], "reason": "误点"}
        await street.phone.push(street.phone.fact(job_id, "fact_retracted", retraction, minute=80))

    assert counts(await street.figure("K03")) == (0, 1, 0)
    assert len(await stored(street.database, measures)) == len(before)


async def test_a_visit_pushed_three_days_late_changes_the_figures_of_its_own_day(street: Street) -> None:
    early = START - timedelta(days=3)
    job = await street.job(reported_at=early.isoformat())
    steps = [
        {
            **street.phone.fact(job[0], kind, body, visit_id=job[1]),
            "happened_at": (early + timedelta(minutes=n)).isoformat(),
        }
        for n, (kind, body) in enumerate(SOLVED)
    ]
    days: dict[str, Any] = {
        "first_day": early.date().isoformat(),
        "last_day": LAST.isoformat(),
        "span": "day",
        "kpi": ["K04", "K29"],
    }
    before = await street.report(**days)
    await street.phone.push(*steps)

    found = {each["kpi"]: each for each in await street.report(**days)}

    assert before == []
    assert counts(found["K04"]) == (1, 1, 0)
    assert found["K04"]["low_graded_items"] == 1
    assert found["K29"]["numerator"] < found["K29"]["denominator"]


async def test_the_median_delay_is_that_of_records_and_not_of_the_pushes_that_brought_them(street: Street) -> None:
    await street.solve(await street.job())
    for begins in (200, 300):
        job_id, visit_id = await street.job(begins)
        await street.phone.push(street.phone.fact(job_id, "arrived", {}, visit_id=visit_id, minute=400))

    (delay,) = await street.report(kpi="K29")

    assert (delay["items"], delay["denominator"]) == (3, 8)
    assert 410 <= delay["median_hundredths"] / 100 < 415, "six records came together, the first of them so late"
    assert delay["median_hundredths"] == delay["p90_hundredths"]


async def test_the_definitions_say_where_every_target_comes_from(street: Street) -> None:
    kpis = {each["id"]: each for each in (await street.ask("/v1/kpis")).json()["kpis"]}

    numbers = {name[:3] for name in kpis}
    assert numbers == {f"K{number:02}" for number in range(1, 41)}
    assert [target["hundredths"] for target in kpis["K14"]["targets"]] == [9000, 9800]
    assert {"zh", "en", "numerator", "denominator", "clause", "dimension", "limit"} <= kpis["K01"].keys()


async def test_satisfaction_is_judged_by_the_profile_that_is_asked_for(street: Street) -> None:
    job = await street.job()
    await street.solve(job)
    await street.desk.push(street.desk.fact(job[0], "rated", {"score": 4}, minute=100))

    (base,), (stretch,) = await street.report(kpi="K14"), await street.report(kpi="K14", targets="stretch")

    assert (base["target_hundredths"], stretch["target_hundredths"]) == (9000, 9800)
    assert (base["value_hundredths"], base["passed"], stretch["passed"]) == (10_000, True, True)


async def test_figures_are_set_apart_by_technician_and_by_week_in_days_at_the_site(street: Street) -> None:
    other = await a_person(street.database, street.organisation, Role.TECHNICIAN, "HZ0112")
    await street.solve(await street.job())
    elsewhere = Phone(street.client, other)
    job_id, visit_id = await planned_job(street.desk, street.organisation.outlet_id, other)
    await elsewhere.push(elsewhere.fact(job_id, "arrived", {}, visit_id=visit_id, minute=300))

    by = {each["group"]: each for each in await street.report(kpi="K03", group_by="technician", span="week")}

    mine, theirs = (str(person.actor.member_id) for person in (street.phone.person, other))
    assert (counts(by[mine]), counts(by[theirs])) == ((1, 1, 0), (0, 1, 0))
    assert all(date.fromisoformat(each["starts_on"]).weekday() == 0 for each in by.values())


async def test_a_technician_sees_their_own_figures_and_a_desk_those_of_its_outlets(street: Street) -> None:
    other = await a_person(street.database, street.organisation, Role.TECHNICIAN, "HZ0112")
    outlet_id = await an_outlet(street.database, street.organisation, "SZ01")
    stranger = await a_person(street.database, street.organisation, Role.DISPATCHER, "SZ01-DISPATCH", outlet_id)
    admin = await a_person(street.database, street.organisation, Role.ADMIN, "boss")
    foreign = (await add_organisation(street.database, "YJ")).dispatcher
    await street.solve(await street.job())

    seen = {}
    for who in (street.phone.person, street.desk.person, admin, other, foreign):
        (figure,) = await street.report(who, kpi="K04")
        seen[who.actor.member_id] = counts(figure)

    assert list(seen.values()) == [(1, 1, 0)] * 3 + [(0, 0, 0)] * 2
    headers = {"Authorization": f"Bearer {stranger.token}"}
    answer = await street.client.get("/v1/kpis/results", params={**PERIOD, "kpi": "K04"}, headers=headers)
    assert answer.status_code in (200, 401)


async def test_every_figure_leads_to_its_jobs_page_by_page_and_every_job_to_its_facts(street: Street) -> None:
    jobs = [await street.job() for _ in range(5)]
    for job in jobs[:3]:
        await street.solve(job)

    met: list[dict[str, Any]] = []
    query: dict[str, Any] = {"figure_part": "denominator", "limit": 2}
    while True:
        page = await street.items("K03", **query)
        met += page["items"]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]

    assert sorted(each["visit_id"] for each in met) == sorted(str(visit_id) for _, visit_id in jobs)
    assert len((await street.items("K03", figure_part="numerator"))["items"]) == 3
    assert len((await street.items("K03", figure_part="missed"))["items"]) == 2
    of_job = (await street.ask(f"/v1/jobs/{jobs[0][0]}/measures")).json()
    (arrival,) = [each for each in of_job["tallies"] if each["kpi"] == "K03"]
    log = (await street.ask(f"/v1/jobs/{jobs[0][0]}/facts")).json()["items"]
    kinds = [entry["kind"] for entry in log if entry["id"] in arrival["fact_ids"]]
    assert kinds == ["visit_planned", "checked_in", "visit_ended"]
    assert {"report_delivered", "followed_up", "closed"} <= set(of_job["missing_steps"])


async def test_the_jobs_that_repeated_a_repair_are_named_with_it(street: Street) -> None:
    asset_id = uuid4()
    job = await street.job(asset_id=str(asset_id))
    await street.solve(job)
    repeat = await again(street, asset_id, datetime.now(UTC))

    of_job = (await street.ask(f"/v1/jobs/{job[0]}/measures")).json()

    assert [each["job_id"] for each in of_job["repeated_by"]] == [str(repeat)]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"first_day": "2025-07-02", "last_day": "2025-07-01"}, "/last_day", "ends_before_it_begins"),
        ({"first_day": "1900-01-01", "last_day": "2025-07-01"}, "/last_day", "period_too_long"),
        ({"first_day": "2025-07-32", "last_day": "2025-07-01"}, "/first_day", "malformed_time"),
        ({**PERIOD, "kpi": "K99"}, "/kpi/0", "unknown_reference"),
        ({**PERIOD, "outlet_id": str(uuid4())}, "/outlet_id", "unknown_reference"),
        ({**PERIOD, "group_by": "customer"}, "/group_by", "unknown_value"),
        ({**PERIOD, "span": "hour"}, "/span", "unknown_value"),
    ],
)
async def test_a_report_that_cannot_be_meant_is_refused_with_its_reason(
    street: Street, query: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await street.ask("/v1/kpis/results", **query)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_query")
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


async def test_an_unknown_kpi_job_or_cursor_is_not_found_or_refused(street: Street) -> None:
    assert (await street.ask("/v1/kpis/K99/items", **PERIOD)).status_code == 404
    assert (await street.ask(f"/v1/jobs/{uuid4()}/measures")).status_code == 404
    assert (await street.ask("/v1/kpis/K03/items", **PERIOD, cursor="x")).status_code == 422


async def test_a_measure_that_was_tampered_with_is_put_right_by_the_next_fact(street: Street) -> None:
    job_id, visit_id = await street.job()
    async with street.database.transaction() as db:
        await db.execute(update(measures).values(kpis=[], days=[], first_day=None, last_day=None))

    await street.phone.push(street.phone.fact(job_id, "arrived", {}, visit_id=visit_id, minute=70))

    assert counts(await street.figure("K03")) == (1, 1, 0)
