"""Frozen reports: they stay as they are, and say which late facts would have them say something else."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text, update
from time_machine import Traveller

from domain.kpis.table import KPI_BY_ID
from domain.people.actor import Role
from service.database import Database
from service.scoring import freezing
from service.store import tables
from sync.digest import canonical
from tests.builders.organisations import Organisation, Person, add_organisation, add_outlet, add_person
from tests.builders.phone import START, Phone, job_opened, visit_planned
from tests.builders.sample_desk import SUPERVISOR, Desk

A_DAY = 1440
# Yesterday at the site: whatever follows within two days from a visit of three days ago is in the period.
LAST = (START - timedelta(hours=16)).astimezone(ZoneInfo("Asia/Shanghai")).date()
FIRST = LAST - timedelta(days=6)
TODAY = 8 * 60
"""In minutes after START, which may be yesterday at the site."""
VISIT: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("visit_accepted", {}, 10),
    ("arrived", {"evidence": "position"}, 70),
    ("checked_in", {"uniform": {"code": "u", "result": "pass"}, "badge": {"code": "b", "result": "pass"}}, 71),
    ("guidance_given", {"topics": ["filter_cleaning"]}, 90),
    ("visit_ended", {"outcome": "temporary"}, 100),
)


class Office:
    """A supervisor who freezes, and a technician whose phone was offline for days."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation, boss: Person) -> None:
        self.client, self.database, self.organisation, self.boss = client, database, organisation, boss
        self.phone = Phone(client, organisation.technician)

    async def ask(self, method: str, path: str, person: Person | None = None, **more: Any) -> Response:
        return await self.client.request(method, path, headers=(person or self.boss).headers, **more)

    async def freeze(self, person: Any = None, **changes: Any) -> Response:
        body = {"first_day": str(FIRST), "last_day": str(LAST), **changes}
        return await self.ask("POST", "/v1/snapshots", person, json=body)

    async def frozen(self, **changes: Any) -> dict[str, Any]:
        answer = await self.freeze(**changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def difference(self, report: dict[str, Any]) -> dict[str, Any]:
        answer = await self.ask("GET", f"/v1/snapshots/{report['snapshot']['id']}/difference")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def promised(self, days_ago: int = 3) -> tuple[UUID, UUID]:
        """A job that the technician opened at the door so long ago, with a visit planned; known to the server."""
        job_id, visit_id = uuid4(), uuid4()
        begins = -days_ago * A_DAY
        plan = visit_planned(self.phone.person.actor.member_id, minute=begins + 60)
        await self.phone.push(
            self.phone.fact(job_id, "job_opened", job_opened(self.organisation.outlet_id), minute=begins),
            self.phone.fact(job_id, "visit_planned", plan, visit_id=visit_id, minute=begins + 1),
        )
        # The phone hears nothing of it: what follows was recorded days ago, too.
        self.phone.jobs.clear()
        return job_id, visit_id

    async def visited(self, job_id: UUID, visit_id: UUID, days_ago: int = 3) -> list[str]:
        """The visit of that day, pushed only now. Answers the ids of its facts."""
        begins = -days_ago * A_DAY
        facts = [
            self.phone.fact(job_id, kind, body, visit_id=visit_id, minute=begins + minute)
            for kind, body, minute in VISIT
        ]
        await self.phone.push(*facts)
        self.phone.jobs.clear()
        return [fact["id"] for fact in facts]


@pytest.fixture
async def office(client: AsyncClient, database: Database, an_organisation: Organisation) -> Office:
    where = an_organisation.org_id, an_organisation.outlet_id
    async with database.transaction() as db:
        boss = await add_person(db, *where, Role.SUPERVISOR, "HZ01-BOSS", "西湖服务站 主管")
    return Office(client, database, an_organisation, boss)


def figure(report: dict[str, Any], kpi: str) -> tuple[int, int]:
    (found,) = [each for each in report["snapshot"]["results"] if each["kpi"] == kpi]
    return found["numerator"], found["denominator"]


async def test_a_visit_of_three_days_ago_changes_exactly_the_figures_it_should_and_the_difference_names_it(
    office: Office,
) -> None:
    job_id, visit_id = await office.promised()
    report = await office.frozen()
    assert (figure(report, "K01"), figure(report, "K03")) == ((1, 1), (0, 1))

    facts = await office.visited(job_id, visit_id)
    found = await office.difference(report)

    expected = counted_by_hand()
    changed = {each["kpi"]: (values(each["frozen"]), values(each["now"])) for each in found["figures"]}
    assert changed == expected
    (job,) = found["jobs"]
    assert job["job_id"] == str(job_id)
    assert [fact["fact_id"] for fact in job["late_facts"]] == facts
    assert {fact["kind"] for fact in job["late_facts"]} == {kind for kind, _, _ in VISIT}
    assert {item["kpi"] for item in job["items"]} >= changed.keys()


def counted_by_hand() -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Numerator and denominator, frozen and now, of all that one visit in its window, with guidance, moves.

    Nothing was solved, and the job is still open, so K04, K20 and all that follow a completion stay as they were.
    """
    came_in_time = {"K03": ((0, 1), (1, 1)), "K32": ((0, 0), (1, 1)), "K27": ((0, 0), (1, 1))}
    was_not_late = dict.fromkeys(("K28", "K35", "K35b"), ((0, 1), (0, 0)))
    one_more_visit = dict.fromkeys(("K13b", "K31b", "K40"), ((0, 0), (0, 1)))
    nothing_was_asked_of_it = {"K11b": ((0, 0), (0, 0))}
    five_records_late_by_a_clock_of_old = {"K29": ((0, 0), (0, 5)), "K29b": ((0, 0), (0, 5))}
    return {
        **came_in_time,
        **was_not_late,
        **one_more_visit,
        **nothing_was_asked_of_it,
        **five_records_late_by_a_clock_of_old,
    }


def values(result: dict[str, Any]) -> tuple[int, int]:
    return result["numerator"], result["denominator"]


async def test_what_was_reported_stays_as_it_was_reported(office: Office) -> None:
    job_id, visit_id = await office.promised()
    report = await office.frozen()
    await office.visited(job_id, visit_id)

    again = (await office.ask("GET", f"/v1/snapshots/{report['snapshot']['id']}")).json()

    assert again == report
    assert again["whole"]
    assert sha256(canonical(again["snapshot"])).hexdigest() == again["sha256"]


async def test_without_a_late_fact_nothing_differs(office: Office) -> None:
    await office.promised()
    found = await office.difference(await office.frozen())
    assert (found["figures"], found["jobs"], found["whole"], found["more"]) == ([], [], True, False)
    assert found["index_frozen_hundredths"] == found["index_now_hundredths"]


async def test_a_late_visit_of_another_period_differs_nowhere(office: Office) -> None:
    job_id, visit_id = await office.promised(days_ago=20)
    report = await office.frozen()
    await office.visited(job_id, visit_id, days_ago=20)
    assert (await office.difference(report))["figures"] == []


async def test_a_job_that_nobody_knew_of_is_named_with_all_its_facts(office: Office) -> None:
    report = await office.frozen()
    job_id, _ = await office.promised()
    found = await office.difference(report)
    (job,) = found["jobs"]
    assert (job["job_id"], [fact["kind"] for fact in job["late_facts"]]) == (
        str(job_id),
        ["job_opened", "visit_planned"],
    )
    assert all(item["was"] == [] for item in job["items"])


async def test_a_retracted_fact_is_told_by_its_retraction(office: Office) -> None:
    job_id, visit_id = await office.promised()
    facts = await office.visited(job_id, visit_id)
    report = await office.frozen()
    taken_back = office.phone.fact(job_id, "fact_retracted", {"fact_id": facts[1], "reason": "写错"}, minute=-100)
    taken_back["base_version"] = 7
    await office.phone.push(taken_back)

    found = await office.difference(report)

    assert [fact["kind"] for job in found["jobs"] for fact in job["late_facts"]] == ["fact_retracted"]


async def test_what_was_pending_and_is_decided_now_is_no_change_of_facts(office: Office) -> None:
    await office.promised()
    report = await office.frozen()
    # As if it had been frozen while K03's window and the limits that follow it were still running.
    early = datetime.combine(FIRST, datetime.min.time(), UTC).isoformat()
    snapshot = {**report["snapshot"], "frozen_at": early.replace("+00:00", "Z")}
    await rewrite(office, snapshot)

    found = await office.difference({"snapshot": snapshot})

    assert (found["jobs"], found["whole"]) == ([], True)


async def test_a_report_or_item_that_somebody_touched_is_not_whole(office: Office) -> None:
    await office.promised()
    report = await office.frozen()
    async with office.database.transaction() as db:
        await db.execute(update(tables.snapshot_items).values(numerator=tables.snapshot_items.c.numerator + 1))
    assert not (await office.difference(report))["whole"]

    async with office.database.transaction() as db:
        body = text("UPDATE snapshots SET body = body || ' '::bytea")
        await db.execute(body)
    read = await office.ask("GET", f"/v1/snapshots/{report['snapshot']['id']}")
    assert not read.json()["whole"]


async def test_sent_again_under_its_id_it_is_frozen_once_and_another_question_is_refused(office: Office) -> None:
    snapshot_id = str(uuid4())
    first = await office.frozen(id=snapshot_id)
    job_id, visit_id = await office.promised()
    await office.visited(job_id, visit_id)

    again, other = await office.frozen(id=snapshot_id), await office.freeze(id=snapshot_id, span="day")

    assert again == first
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")


async def test_every_kpi_is_in_a_report_also_where_nothing_was_counted(office: Office) -> None:
    report = await office.frozen()
    assert {each["kpi"] for each in report["snapshot"]["results"]} == KPI_BY_ID.keys()
    assert report["snapshot"]["index"]["index_hundredths"] is None


async def test_what_is_frozen_is_what_the_figures_and_the_index_say_at_that_moment(office: Office) -> None:
    job_id, visit_id = await office.promised()
    await office.visited(job_id, visit_id)
    period = {"first_day": str(FIRST), "last_day": str(LAST)}

    report = (await office.frozen(targets="stretch"))["snapshot"]
    live = await office.ask("GET", "/v1/kpis/results", params={**period, "targets": "stretch"})
    index = await office.ask("GET", "/v1/index", params=period)

    assert (report["targets"], report["profile"]) == ("stretch", None)
    assert report["results"] == live.json()["results"]
    assert {**report["index"], "at": None} == {**index.json(), "at": None}
    assert report["index"]["coverage_hundredths"] > 0


STEPS_OF_A_REPAIR: tuple[tuple[str, dict[str, Any], int], ...] = (
    *(("arrived", {}, 70), ("checked_in", VISIT[2][1], 71), ("work_started", {"make_safe": True}, 72)),
    ("repair_recorded", {"cause_code": "AC-C02", "measure_codes": ["M01"], "result": "solved"}, 80),
    ("work_finished", {}, 81),
    ("signed_off", {"method": "signature"}, 82),
    ("visit_ended", {"outcome": "solved"}, 83),
)


async def repaired(office: Office) -> tuple[UUID, dict[str, Any]]:
    """A job of three days ago that solved a fault of an asset, and how such a job is opened."""
    opening = job_opened(office.organisation.outlet_id, asset_id=str(uuid4()), symptom_code="AC-S01")
    job_id, visit_id, begins = uuid4(), uuid4(), -3 * A_DAY
    plan = visit_planned(office.phone.person.actor.member_id, minute=begins + 60)
    await office.phone.push(
        office.phone.fact(job_id, "job_opened", opening, minute=begins),
        office.phone.fact(job_id, "visit_planned", plan, visit_id=visit_id, minute=begins + 1),
        *(
            office.phone.fact(job_id, kind, body, visit_id=visit_id, minute=begins + at)
            for kind, body, at in STEPS_OF_A_REPAIR
        ),
    )
    office.phone.jobs.clear()
    return job_id, opening


async def test_a_repair_that_became_a_repeat_is_named_with_the_facts_of_the_other_one(office: Office) -> None:
    first, opening = await repaired(office)
    again = uuid4()
    report = await office.frozen()
    assert figure(report, "K06") == (1, 1)

    repeat = office.phone.fact(again, "job_opened", opening, minute=-2 * A_DAY)
    await office.phone.push(repeat)
    found = await office.difference(report)

    fixed = {each["kpi"]: (values(each["frozen"]), values(each["now"])) for each in found["figures"]}
    assert fixed["K06"] == ((1, 1), (0, 1))
    named = {job["job_id"]: [fact["fact_id"] for fact in job["late_facts"]] for job in found["jobs"]}
    assert named == {str(first): [repeat["id"]], str(again): [repeat["id"]]}


async def test_groups_and_days_are_frozen_as_they_were_asked_for(office: Office) -> None:
    await office.promised()
    report = await office.frozen(group_by="technician", span="day")
    (found,) = [each for each in report["snapshot"]["results"] if each["kpi"] == "K01"]
    assert found["group"] == str(office.phone.person.actor.member_id)
    assert date.fromisoformat(found["starts_on"]) in {FIRST + timedelta(days=day) for day in range(6)}
    assert (await office.difference(report))["figures"] == []


async def test_a_profile_is_frozen_with_the_report_and_judges_it_for_good(office: Office) -> None:
    async with office.database.transaction() as db:
        admin = await add_person(
            db, office.organisation.org_id, office.organisation.outlet_id, Role.ADMIN, "ADMIN", "管理员"
        )
    await office.promised()
    profile = {"code": "own", "zh": "自定", "en": "Own", "targets": [{"kpi": "K01", "target_hundredths": 10_000}]}
    path = "/v1/scoring-profiles/own"
    await office.client.put(path, json=profile, headers={**admin.headers, "If-Match": '"0"'})
    report = await office.frozen(profile="own", targets="stretch")
    period = {"first_day": str(FIRST), "last_day": str(LAST), "kpi": "K01"}
    live = await office.ask("GET", "/v1/kpis/results", params={**period, "profile": "own", "targets": "stretch"})
    unknown = await office.ask("GET", "/v1/kpis/results", params={**period, "profile": "nowhere"})
    await office.client.put(path, json={**profile, "targets": []}, headers={**admin.headers, "If-Match": '"1"'})

    assert (report["snapshot"]["targets"], report["snapshot"]["profile"]["item"]["code"]) == ("stretch", "own")
    (found,) = [each for each in report["snapshot"]["results"] if each["kpi"] == "K01"]
    assert (found["target_hundredths"], found["passed"]) == (10_000, True)
    assert (live.json()["results"], unknown.status_code) == ([found], 404)
    assert (await office.difference(report))["figures"] == []


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"last_day": "2001-01-01"}, 422, "/last_day"),
        ({"first_day": "2099-01-01", "last_day": "2099-01-31"}, 422, "/first_day"),
        ({"outlet_id": "019f3517-9c00-7000-8000-00000000dead"}, 422, "/outlet_id"),
        ({"first_day": "yesterday"}, 422, "/first_day"),
        ({"profile": "nowhere"}, 404, None),
        ({"profile": "stretch"}, 404, None),
        ({"targets": "own"}, 422, "/targets"),
        ({"scheme": "nowhere"}, 404, None),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    office: Office, changes: dict[str, str], status: int, pointer: str | None
) -> None:
    refused = await office.freeze(**changes)
    assert refused.status_code == status
    assert pointer in [each["pointer"] for each in refused.json()["errors"]] or pointer is None


async def test_more_than_an_answer_holds_is_refused_and_nothing_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.promised()
    for name in ("MOST_ITEMS", "MOST_FIGURES"):
        with monkeypatch.context() as limited:
            limited.setattr(freezing, name, 1)
            assert (await office.freeze()).status_code == 422
    assert await office.database.pull_pool.fetchval("SELECT count(*) FROM snapshot_items") == 0


async def test_nobody_reads_a_report_about_outlets_of_others(office: Office, database: Database) -> None:
    report = await office.frozen()
    elsewhere = uuid4()
    async with database.transaction() as db:
        await add_outlet(db, office.organisation.org_id, elsewhere, code="SZ01", name="姑苏服务站")
        other = await add_person(
            db, office.organisation.org_id, elsewhere, Role.SUPERVISOR, "SZ01-BOSS", "姑苏服务站 主管"
        )
    foreign = await add_organisation(database, "QT")
    path = f"/v1/snapshots/{report['snapshot']['id']}"

    for person in (other, foreign.dispatcher):
        assert (await office.ask("GET", path, person)).status_code == 404
        assert (await office.ask("GET", f"{path}/difference", person)).status_code == 404
        assert (await office.ask("GET", "/v1/snapshots", person)).json()["items"] == []
    assert (await office.freeze(other, id=report["snapshot"]["id"])).status_code == 409
    assert (await office.freeze(office.organisation.dispatcher)).status_code == 403


async def test_reports_are_listed_newest_first_page_by_page(office: Office) -> None:
    frozen = [(await office.frozen())["snapshot"]["id"] for _ in range(3)]
    first = (await office.ask("GET", "/v1/snapshots", params={"limit": 2})).json()
    rest = (await office.ask("GET", "/v1/snapshots", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in (*first["items"], *rest["items"])] == frozen[::-1]


async def listened_to(office: Office) -> None:
    where = office.organisation.org_id, office.organisation.outlet_id
    async with office.database.transaction() as db:
        admin = await add_person(db, *where, Role.ADMIN, "ADMIN", "管理员")
    hook = {"url": "https://example.com/hook"}
    assert (await office.ask("POST", "/v1/webhooks", admin, json=hook)).status_code == 201


async def restatements(office: Office, report: dict[str, Any]) -> list[str]:
    """The KPIs that were told to be restated, of this report."""
    told = await office.database.pull_pool.fetch(
        "SELECT data->>'code' AS kpi FROM events WHERE kind = 'kpi.restated' AND data->>'snapshot_id' = $1"
        " ORDER BY number",
        report["snapshot"]["id"],
    )
    return [row["kpi"] for row in told]


async def note(office: Office, job_id: UUID) -> None:
    """A fact of three days ago that moves no figure."""
    await office.phone.push(office.phone.fact(job_id, "note_added", {"text": "再看一次"}, minute=-3 * A_DAY))


async def test_who_listens_is_told_of_each_figure_that_late_facts_change_as_they_are_recorded(office: Office) -> None:
    await listened_to(office)
    job_id, visit_id = await office.promised()
    report, elsewhere = await office.frozen(), await office.frozen(first_day=str(FIRST), last_day=str(FIRST))
    await office.visited(job_id, visit_id)
    told = await restatements(office, report)
    await note(office, job_id)

    assert told == sorted(counted_by_hand())
    assert await restatements(office, report) == told
    assert await restatements(office, elsewhere) == []


async def test_a_report_about_something_else_is_not_restated(office: Office) -> None:
    await listened_to(office)
    job_id, visit_id = await office.promised()
    member_id = str(office.phone.person.actor.member_id)
    theirs = await office.frozen(technician_id=member_id, group_by="technician", span="week")
    others = [await office.frozen(work_type="install"), await office.frozen(product_code="AC-X")]
    await office.visited(job_id, visit_id)

    assert await restatements(office, theirs) == sorted(counted_by_hand())
    assert [await restatements(office, report) for report in others] == [[], []]


async def test_a_repeat_alone_restates_what_the_earlier_repair_counts_though_nothing_of_it_changes(
    office: Office,
) -> None:
    await listened_to(office)
    first, opening = await repaired(office)
    report = await office.frozen(last_day=str(LAST - timedelta(days=1)))
    before = await measured(office, first)

    again = office.phone.fact(uuid4(), "job_opened", opening, minute=TODAY)
    await office.phone.push(again)

    assert await restatements(office, report) == ["K06"]
    assert await measured(office, first) == before
    for _ in range(2):
        await office.phone.push(office.phone.fact(again["job_id"], "note_added", {"text": "又坏了"}, minute=TODAY))
    assert await restatements(office, report) == ["K06"]
    desk, same = Phone(office.client, office.boss), {"reason": "duplicate", "duplicate_of_job_id": str(first)}
    await desk.push(desk.fact(again["job_id"], "job_excluded", {**same, "note": "同一报修"}, minute=60))
    assert await restatements(office, report) == ["K06", "K06"]


async def measured(office: Office, job_id: UUID) -> list[Any]:
    return list(await office.database.pull_pool.fetch("SELECT * FROM measures WHERE job_id = $1", job_id))


async def rewrite(office: Office, snapshot: dict[str, Any]) -> None:
    body = canonical(snapshot)
    async with office.database.transaction() as db:
        await db.execute(update(tables.snapshots).values(body=body, sha256=sha256(body).digest()))


async def test_a_report_about_today_at_the_site_may_be_frozen_in_the_morning(desk: Desk, clock: Traveller) -> None:
    clock.move_to(datetime.now(UTC).replace(hour=23, minute=30))
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    days = [{"first_day": str(day), "last_day": str(day)} for day in (today, today + timedelta(days=1))]
    asked = [await desk.ask(SUPERVISOR, "POST", "/v1/snapshots", json=each) for each in days]
    assert [answer.status_code for answer in asked] == [201, 422]
