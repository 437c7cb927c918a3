"""Who may say what, and who holds what: jobs and site cards come, change and go with the work."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import insert, update

from domain.facts.kinds import KINDS
from domain.people.actor import RIGHTS, Role
from domain.people.authority import MAY_RECORD
from service.database import Database
from service.store.jobs import site_cards
from service.store.tables import facts, members, outlets, sites
from tests.builders.fleet import (
    CHECK_IN,
    a_person,
    a_site,
    an_outlet,
    assert_folded,
    both,
    codes,
    day,
    encoded,
    fact,
    outcomes,
    planned_job,
    push_each,
    stored,
)
from tests.builders.organisations import Organisation, Person, add_organisation
from tests.builders.phone import Phone, job_opened, visit_planned

CASE = {"case_id": str(uuid4()), "choice": "accept", "reason": "已核实"}
LINES = {"lines": [], "total_fen": 0}
DIGEST = "a" * 64
TIMES = {
    name: f"2026-11-02T{hour:02}:00:00Z"
    for hour, name in enumerate(["window_start", "work_start", "work_end", "window_end"])
}
BODIES: dict[str, dict[str, Any]] = {
    "plan_frozen": {"plan_fact_id": str(uuid4())},
    "visit_replanned": {**TIMES, "asked_by": "customer", "customer_agreed": True},
    "visit_cancelled": {"side": "company", "reason": "a"},
    "job_cancelled": {"side": "company", "reason": "a"},
    "warranty_decided": {"decision": "paid", "basis": "a"},
    "case_decided": CASE,
    "inspected": {"result": "pass"},
    "followed_up": {"reached": True},
    "complaint_opened": {"complaint_id": str(uuid4()), "cause_code": "a"},
    "complaint_answered": {"complaint_id": str(uuid4()), "solved": True, "answer": "a"},
    "complaint_closed": {"complaint_id": str(uuid4()), "upheld": True, "reason": "a"},
    "request_answered": {"means": "called"},
    "error_confirmed": {"kind": "wrong_part", "source": "inspection"},
    "rating_voided": {"rating_fact_id": str(uuid4()), "reason": "test"},
    "job_held": {"reason": "parts"},
    "recovery_made": {"failure": "late", "action": "a"},
    "job_excluded": {"reason": "test"},
    "refund_requested": {"amount_fen": 1, "reason": "a"},
    "refunded": {"amount_fen": 1},
    "job_reopened": {"reason": "a"},
    "visit_declined": {"reason": "a"},
    "customer_contacted": {"reached": True},
    "checked_in": CHECK_IN,
    "fees_disclosed": LINES,
    "fees_acknowledged": {"content_hash": DIGEST, "method": "spoken"},
    "work_paused": {"reason": "break"},
    "part_used": {"part_code": "P"},
    "repair_recorded": {"cause_code": "C", "measure_codes": ["M"], "result": "solved"},
    "guidance_given": {"topics": []},
    "charged": LINES,
    "paid": {"amount_fen": 1, "method": "cash"},
    "signed_off": {"method": "spoken"},
    "visit_ended": {"outcome": "solved"},
    "incident_reported": {"kind": "a", "serious": False},
    "rated": {"score": 5},
    "details_amended": {"field": "symptom", "now": "a"},
    "price_code_issued": {"digest": DIGEST, "valid_until": "2026-11-02T09:00:00Z"},
    "customer_code_issued": {"digest": DIGEST, "valid_until": "2026-11-02T09:00:00Z"},
    "invoice_issued": {"kind": "invoice", "number": "1", "amount_fen": 1},
    "note_added": {"text": "a"},
    "attachment_added": {"digest": DIGEST, "media_type": "image/jpeg", "size_bytes": 1, "purpose": "other"},
    "fact_retracted": {"fact_id": str(uuid4()), "reason": "a"},
}


@pytest.mark.parametrize("role", sorted(RIGHTS["push_facts"]))
async def test_each_role_records_the_kinds_it_may_and_no_other(
    client: AsyncClient, database: Database, an_organisation: Organisation, role: Role
) -> None:
    desk, _ = both(client, an_organisation)
    technician = an_organisation.technician
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, technician)
    person = technician if role is Role.TECHNICIAN else await a_person(database, an_organisation, role, "P")
    bodies = {**BODIES, "job_opened": job_opened(an_organisation.outlet_id)}
    bodies["visit_planned"] = visit_planned(technician.actor.member_id)
    kinds = [kind.name for kind in KINDS]
    told = await push_each(
        client, person, [encoded(fact(job_id, kind, bodies.get(kind, {}), visit_id=str(visit_id))) for kind in kinds]
    )
    quarantined = {kind: each.code for kind, each in zip(kinds, told, strict=True) if each.outcome == "quarantined"}
    expected = dict.fromkeys((kind for kind in kinds if role not in MAY_RECORD[kind]), "role_may_not_record")
    if role is Role.TECHNICIAN:
        expected |= {"job_opened": "not_your_job", "visit_planned": "not_yours_to_plan"}
    assert quarantined == expected
    assert {each.outcome for each in told} <= {"recorded", "recorded_with_findings", "quarantined"}
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_an_auditor_reads_and_records_nothing(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    auditor = Phone(client, await a_person(database, an_organisation, Role.AUDITOR, "AUDIT"))
    await auditor.pull()
    assert list(auditor.jobs) == [str(job_id)]
    refused = await client.post("/v1/sync/push", json={"facts": [fact(job_id)]}, headers=auditor.person.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if kind.name not in {"job_opened", "visit_planned"}])
async def test_another_technicians_job_answers_exactly_like_one_that_does_not_exist(
    client: AsyncClient, database: Database, an_organisation: Organisation, kind: str
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    stranger = await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0112")
    one = fact(job_id, kind, BODIES.get(kind, {}), visit_id=str(visit_id))
    told = await push_each(
        client, stranger, [encoded(one), encoded({**one, "id": str(uuid4()), "job_id": str(uuid4())})]
    )
    assert [(each.outcome, each.code) for each in told] == [("quarantined", "job_unknown")] * 2


async def test_an_outlet_neither_sees_nor_touches_the_jobs_of_another(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    other_outlet = await an_outlet(database, an_organisation, "SZ01")
    other = Phone(client, await a_person(database, an_organisation, Role.DISPATCHER, "SZ01", other_outlet))
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    answer = await other.push(
        other.fact(job_id, "note_added", {"text": "a"}),
        other.fact(job_id, "job_opened", job_opened(other_outlet), happened_at="2026-01-01T00:00:00Z"),
        other.fact(job_id, "visit_cancelled", {"side": "company", "reason": "a"}, visit_id=visit_id),
        other.fact(uuid4(), "job_opened", job_opened(an_organisation.outlet_id)),
    )
    assert codes(answer) == ["job_unknown"] * 4
    assert answer["jobs"] == []
    await other.pull()
    assert other.jobs == {}
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_a_technician_lent_to_another_outlet_records_there(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    other_outlet = await an_outlet(database, an_organisation, "SZ01")
    desk = Phone(client, await a_person(database, an_organisation, Role.DISPATCHER, "SZ01", other_outlet))
    phone = Phone(client, an_organisation.technician)
    job_id, visit_id = await planned_job(desk, other_outlet, phone.person)
    await phone.pull()
    assert outcomes(await phone.push(*day(phone, job_id, visit_id)))[:4] == ["recorded"] * 4


async def test_two_organisations_with_the_same_ids_record_apart(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    other = await add_organisation(database, "YL")
    async with database.transaction() as db:
        twin = {"org_id": other.org_id, "id": an_organisation.outlet_id, "code": "HZ02", "name": "b", "city": "b"}
        where = {"area": "city", "latitude": 30.2, "longitude": 120.1, "coordinate_system": "wgs84"}
        terms = {"time_zone": "Asia/Shanghai", "complaint_line": "400"}
        await db.execute(insert(outlets).values(**twin, **where, **terms))
        own = update(members).where(members.c.org_id == other.org_id)
        await db.execute(own.values(outlet_ids=[an_organisation.outlet_id]))
    desk, _ = both(client, an_organisation)
    other_desk = Phone(client, other.dispatcher)
    job_id = uuid4()
    opening = fact(job_id, "job_opened", job_opened(an_organisation.outlet_id))
    note = fact(job_id)
    (first, _) = await push_each(client, desk.person, [encoded(opening), encoded(note)])
    other_words = {**note, "note_added": {"text": "别家的话"}}
    told = await push_each(client, other_desk.person, [encoded(opening), encoded(other_words)])
    assert [each.outcome for each in told] == ["recorded", "recorded"]
    assert len(await stored(database, facts)) == 4
    await desk.pull()
    await other_desk.pull()
    texts = [phone.jobs[str(job_id)]["notes"][0]["text"] for phone in (desk, other_desk)]
    assert texts == ["压缩机启动正常", "别家的话"]
    other_desk.cursor = desk.cursor
    assert (await other_desk.ask()).json()["code"] == "cursor_invalid", "another organisation signs with its own key"
    assert first.outcome == "recorded"


@pytest.mark.parametrize("put_out", ["device", "member"])
async def test_whoever_was_put_out_neither_pushes_nor_pulls(
    client: AsyncClient, database: Database, an_organisation: Organisation, put_out: str
) -> None:
    person = an_organisation.technician
    column = "UPDATE devices SET revoked_at = now()" if put_out == "device" else "UPDATE members SET active = false"
    await database.pull_pool.execute(f"{column} WHERE org_id = $1", person.actor.org_id)
    for path, body in (("push", {"facts": [fact(uuid4())]}), ("pull", {})):
        answer = await client.post(f"/v1/sync/{path}", json=body, headers=person.headers)
        assert (answer.status_code, answer.json()["code"]) == (
            401,
            "device_revoked" if put_out == "device" else "token_revoked",
        )
    assert not await stored(database, facts)


class Crew:
    """A desk with two technicians, A and B, and one job that was planned for A."""

    def __init__(self, client: AsyncClient, organisation: Organisation, other: Person) -> None:
        self.organisation = organisation
        self.desk, self.a = both(client, organisation)
        self.b = Phone(client, other)
        self.job_id, self.visit_id, self.next_visit_id = UUID(int=0), UUID(int=0), uuid4()

    async def reassign(self) -> None:
        """Give A's visit to B."""
        plan = visit_planned(self.b.person.actor.member_id, replaces_visit_id=str(self.visit_id))
        await self.desk.push(self.desk.fact(self.job_id, "visit_planned", plan, visit_id=self.next_visit_id, minute=30))

    def gone(self, pulled: dict[str, Any]) -> list[tuple[str, str]]:
        """Jobs that a pull told to purge."""
        return [(each["id"], each["reason"]) for each in pulled["withdrawn"] if each["kind"] == "job"]


@pytest.fixture
async def crew(client: AsyncClient, database: Database, an_organisation: Organisation) -> Crew:
    found = Crew(client, an_organisation, await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0112"))
    found.job_id, found.visit_id = await planned_job(found.desk, an_organisation.outlet_id, an_organisation.technician)
    for phone in (found.a, found.b, found.desk):
        await phone.pull()
    assert list(found.a.jobs) == [str(found.job_id)]
    assert found.b.jobs == {}
    return found


async def test_a_reassigned_job_leaves_one_phone_and_comes_to_the_other(crew: Crew) -> None:
    await crew.reassign()
    assert crew.gone(await crew.a.pull()) == [(str(crew.job_id), "reassigned")]
    await crew.b.pull()
    assert (list(crew.a.jobs), list(crew.b.jobs)) == ([], [str(crew.job_id)])
    await crew.desk.push(crew.desk.fact(crew.job_id, "note_added", {"text": "a"}))
    again = await crew.a.pull()
    assert (again["jobs"], again["withdrawn"]) == ([], []), "it was told once, and hears of no further change"


async def test_work_done_unaware_of_a_reassignment_is_kept_attributed_and_seen(crew: Crew, database: Database) -> None:
    done = day(crew.a, crew.job_id, crew.visit_id)
    await crew.reassign()
    answer = await crew.a.push(*done)
    assert set(outcomes(answer)) <= {"recorded", "recorded_with_findings"}
    await crew.b.pull()
    job = crew.b.jobs[str(crew.job_id)]
    assert "worked_after_reassignment" in {finding["code"] for finding in job["findings"]}
    (visit,) = [each for each in job["visits"] if each["id"] == str(crew.visit_id)]
    assert visit["technician_id"] == str(crew.a.person.actor.member_id)
    authors = {row["author_id"] for row in await stored(database, facts, facts.c.visit_id == crew.visit_id)}
    assert crew.a.person.actor.member_id in authors
    await crew.a.pull()
    assert str(crew.job_id) in crew.a.jobs, "whoever did work holds it until the job is closed"


@pytest.mark.parametrize(
    ("by", "kind", "body", "reason"),
    [
        ("a", "visit_declined", {"reason": "车辆故障"}, "declined"),
        ("desk", "visit_cancelled", {"side": "customer", "reason": "改期"}, "cancelled"),
        ("desk", "job_cancelled", {"side": "customer", "reason": "已修好"}, "cancelled"),
        ("desk", "job_closed", {}, "closed"),
    ],
)
async def test_what_ends_a_visit_takes_the_job_off_the_phone_also_when_the_phone_itself_said_so(
    crew: Crew, by: str, kind: str, body: dict[str, Any], reason: str
) -> None:
    phone: Phone = getattr(crew, by)
    visit = crew.visit_id if kind.startswith("visit_") else None
    answer = await phone.push(phone.fact(crew.job_id, kind, body, visit_id=visit, minute=40))
    assert bool(answer["jobs"]) == (by == "desk"), "a phone is not handed what it no longer holds"
    assert crew.gone(await crew.a.pull()) == [(str(crew.job_id), reason)]
    assert crew.a.jobs == {}


async def test_a_note_about_a_job_that_was_taken_away_does_not_bring_it_back(crew: Crew) -> None:
    await crew.reassign()
    await crew.a.pull()
    answer = await crew.a.push(crew.a.fact(crew.job_id, "note_added", {"text": "钥匙在门卫"}, minute=50))
    assert (outcomes(answer), answer["jobs"]) == (["recorded"], [])


@pytest.mark.parametrize("way", ["planned anew for another", "the plan was taken back"])
async def test_a_plan_that_is_corrected_takes_the_job_off_the_wrong_phone(
    crew: Crew, database: Database, way: str
) -> None:
    if way == "planned anew for another":
        plan = visit_planned(crew.b.person.actor.member_id)
        correction = crew.desk.fact(crew.job_id, "visit_planned", plan, visit_id=crew.visit_id, minute=30)
    else:
        (planned,) = await stored(database, facts, facts.c.kind == "visit_planned")
        retraction = {"fact_id": str(planned["id"]), "reason": "派错人"}
        correction = crew.desk.fact(crew.job_id, "fact_retracted", retraction, minute=30)
    assert outcomes(await crew.desk.push(correction)) == ["recorded"]
    assert crew.gone(await crew.a.pull()) == [(str(crew.job_id), "reassigned")]


async def test_a_job_that_went_and_came_back_between_two_pulls_never_left(crew: Crew) -> None:
    await crew.reassign()
    back = visit_planned(crew.a.person.actor.member_id, replaces_visit_id=str(crew.next_visit_id))
    await crew.desk.push(crew.desk.fact(crew.job_id, "visit_planned", back, visit_id=uuid4(), minute=35))
    pulled = await crew.a.pull()
    assert (crew.gone(pulled), [job["version"] for job in pulled["jobs"]]) == ([], [4])
    assert crew.gone(await crew.b.pull()) in ([], [(str(crew.job_id), "reassigned")])
    assert crew.b.jobs == {}


async def test_a_job_opened_at_the_door_is_its_technicians_until_the_desk_plans_somebody_else(crew: Crew) -> None:
    job_id = uuid4()
    opened = crew.a.fact(job_id, "job_opened", job_opened(crew.organisation.outlet_id, channel="door"))
    assert [job["id"] for job in (await crew.a.push(opened))["jobs"]] == [str(job_id)]
    await crew.a.pull()
    plan = visit_planned(crew.b.person.actor.member_id, minute=300)
    await crew.desk.push(crew.desk.fact(job_id, "visit_planned", plan, visit_id=uuid4(), minute=5))
    assert crew.gone(await crew.a.pull()) == [(str(job_id), "reassigned")]


async def test_a_site_card_stays_while_another_job_needs_it_and_goes_with_the_last(
    crew: Crew, database: Database
) -> None:
    site_id = await a_site(database, crew.organisation)
    visits = [
        await planned_job(crew.desk, crew.organisation.outlet_id, crew.a.person, site_id=str(site_id)) for _ in range(2)
    ]
    await crew.a.pull()
    assert crew.a.sites[str(site_id)]["customer"]["name"] == "顾客甲"
    left = []
    for job_id, visit_id in visits:
        away = {"side": "customer", "reason": "改期"}
        await crew.desk.push(crew.desk.fact(job_id, "visit_cancelled", away, visit_id=visit_id, minute=40))
        pulled = await crew.a.pull()
        left.append([each["reason"] for each in pulled["withdrawn"] if each["id"] == str(site_id)])
    assert left == [[], ["no_job_left"]]
    assert crew.a.sites == {}


async def test_a_corrected_address_reaches_who_holds_the_card_and_nobody_else(crew: Crew, database: Database) -> None:
    site_id = await a_site(database, crew.organisation)
    await planned_job(crew.desk, crew.organisation.outlet_id, crew.a.person, site_id=str(site_id))
    await crew.a.pull()
    async with database.transaction() as db:
        moved = update(sites).where(sites.c.org_id == crew.organisation.org_id, sites.c.id == site_id)
        await db.execute(moved.values(address="西湖区 2 号"))
        await site_cards.refresh(db, crew.organisation.org_id, [site_id])
    await crew.a.pull()
    assert crew.a.sites[str(site_id)]["site"]["address"] == "西湖区 2 号"
    assert (await crew.b.pull())["sites"] == []


async def test_a_dispatcher_who_is_given_another_outlet_starts_anew_and_misses_nothing(
    crew: Crew, database: Database
) -> None:
    outlet_id = await an_outlet(database, crew.organisation, "SZ01")
    other = Phone(crew.a.client, await a_person(database, crew.organisation, Role.DISPATCHER, "SZ01", outlet_id))
    job_id, _ = await planned_job(other, outlet_id, crew.b.person)
    assert (await crew.desk.pull())["jobs"] == []
    async with database.transaction() as db:
        own = update(members).where(members.c.id == crew.desk.person.actor.member_id)
        await db.execute(own.values(outlet_ids=[crew.organisation.outlet_id, outlet_id]))
    pulled = await crew.desk.pull()
    assert pulled["reset"]
    assert {job["id"] for job in pulled["jobs"]} == {str(crew.job_id), str(job_id)}
    assert not (await crew.desk.pull())["reset"]


async def test_a_job_that_moves_to_another_outlet_leaves_the_first_and_stays_with_who_holds_both(
    crew: Crew, database: Database
) -> None:
    """An opening of an hour before arrives late and names the other outlet: it is the one that counts."""
    outlet_id = await an_outlet(database, crew.organisation, "SZ01")
    both_outlets = (crew.organisation.outlet_id, outlet_id)
    head = Phone(crew.a.client, await a_person(database, crew.organisation, Role.SUPERVISOR, "HEAD", *both_outlets))
    await head.pull()
    opening = head.fact(crew.job_id, "job_opened", job_opened(outlet_id), minute=-60, base_version=0)
    assert set(outcomes(await head.push(opening))) <= {"recorded", "recorded_with_findings"}
    assert crew.gone(await crew.desk.pull()) == [(str(crew.job_id), "reassigned")]
    pulled = await head.pull()
    assert (crew.gone(pulled), list(head.jobs)) == ([], [str(crew.job_id)])
