"""Cases: listed, read with both sides, decided once; what was set aside is released as its author's or discarded."""

import asyncio
import string
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from httpx import AsyncClient, Response

from domain.cases.kinds import CHOICES, CaseKind
from domain.cases.words import sentence
from domain.job.cases import MergeRule
from domain.people.actor import Role
from domain.rules.table import RULES
from service.database import Database
from sync.record import UNREADABLE
from tests.builders.fleet import open_transaction
from tests.builders.organisations import Organisation, Person, add_outlet, add_person
from tests.builders.phone import START, Phone, job_opened, visit_planned
from tests.processes.open_stream import PATIENCE_SECONDS

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
TIMES = ("window_start", "window_end", "work_start", "work_end")
START_OF = {number: (START + timedelta(minutes=number)).isoformat() for number in (2, 3)}
KEEP = {"choice": "accept", "reason": "已与顾客核实"}
RELEASE = {"choice": "release", "reason": "已电话核实"}
DISCARD = {"choice": "discard", "reason": "重复上报"}


class Office:
    """West Lake outlet: its desk, its technician's phone, and the cases between them."""

    def __init__(self, client: AsyncClient, organisation: Organisation) -> None:
        self.client, self.organisation = client, organisation
        self.desk, self.phone = Phone(client, organisation.dispatcher), Phone(client, organisation.technician)
        self.job_id, self.visit_id = uuid4(), uuid4()

    async def open_job(self, *, planned: bool = True) -> None:
        opened = self.desk.fact(self.job_id, "job_opened", job_opened(self.organisation.outlet_id))
        technician = self.organisation.technician.actor.member_id
        plan = self.desk.fact(self.job_id, "visit_planned", visit_planned(technician), visit_id=self.visit_id, minute=1)
        await self.desk.push(*((opened, plan) if planned else (opened,)))
        await self.phone.pull()

    async def cases(self, person: Person | None = None, **filters: str) -> list[dict[str, Any]]:
        asked = await self.ask("", person, params=filters)
        return list(asked.json()["items"])

    async def the_case(self, **filters: str) -> dict[str, Any]:
        (line,) = await self.cases(None, **filters)
        return dict((await self.ask(f"/{line['id']}")).json())

    async def decide(self, case: dict[str, Any], body: dict[str, Any], person: Person | None = None) -> Response:
        headers = (person or self.organisation.dispatcher).headers
        return await self.client.post(f"/v1/cases/{case['id']}/decision", json=body, headers=headers)

    async def ask(self, path: str, person: Person | None = None, **request: Any) -> Response:
        headers = (person or self.organisation.dispatcher).headers
        return await self.client.get(f"/v1/cases{path}", headers=headers, **request)

    async def log(self) -> list[dict[str, Any]]:
        path = f"/v1/jobs/{self.job_id}/facts"
        answer = await self.client.get(path, headers=self.organisation.dispatcher.headers)
        return list(answer.json()["items"])


@pytest.fixture
async def office(client: AsyncClient, an_organisation: Organisation) -> Office:
    return Office(client, an_organisation)


async def a_finding(office: Office) -> dict[str, Any]:
    """Paid work that began before the fees were acknowledged."""
    await office.open_job()
    await office.phone.push(office.phone.fact(office.job_id, "work_started", {}, visit_id=office.visit_id, minute=60))
    (line,) = [case for case in await office.cases() if case["code"] == "work_without_acknowledgement"]
    return dict((await office.ask(f"/{line['id']}")).json())


async def test_a_finding_says_which_rule_was_broken_and_is_decided_by_a_fact(office: Office) -> None:
    case = await a_finding(office)

    assert (case["zh"], case["state"]) == ("有偿作业前费用未经顾客确认", "open")
    assert (case["suggested_choice"], case["finding"]["blocks"]) == ("accept", "charging")
    decided = (await office.decide(case, {"choice": "waive", "reason": "顾客事后确认"})).json()

    assert (decided["state"], decided["choices"]) == ("decided", ["undo"])
    assert (decided["decision"]["choice"], decided["decision"]["reason"]) == ("waive", "顾客事后确认")
    last = (await office.log())[-1]
    assert (last["kind"], last["author_id"]) == ("case_decided", str(office.organisation.dispatcher.actor.member_id))


async def test_what_was_forgiven_by_mistake_waits_again_after_an_undo(office: Office) -> None:
    case = await a_finding(office)
    nothing = await office.decide(case, {"choice": "undo", "reason": "误点"})
    await office.decide(case, {"choice": "waive", "reason": "顾客事后确认"})

    undone = (await office.decide(case, {"choice": "undo", "reason": "误点"})).json()

    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_undo")
    assert (undone["state"], undone["decision"]) == ("open", None)
    assert [fact["kind"] for fact in await office.log()].count("case_decided") == 2


async def test_deciding_at_one_moment_decides_once(office: Office) -> None:
    case = await a_finding(office)

    answers = await asyncio.gather(*(office.decide(case, {**KEEP, "reason": f"理由 {n}"}) for n in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    late = [answer.json() for answer in answers if answer.status_code == 409]
    assert {each["code"] for each in late} == {"case_decided_already"}
    assert [each["current"] for each in late] == [(await office.ask(f"/{case['id']}")).json()] * len(late)
    assert [fact["kind"] for fact in await office.log()].count("case_decided") == 1


async def test_one_decision_that_arrives_twice_at_one_moment_is_made_once(office: Office, database: Database) -> None:
    case = await a_finding(office)

    async with open_transaction(database) as db, asyncio.timeout(PATIENCE_SECONDS):
        await db.exec_driver_sql(f"SELECT FROM jobs WHERE id = '{office.job_id}' FOR UPDATE")
        both = [asyncio.create_task(office.decide(case, KEEP)) for _ in range(2)]
        while await database.pull_pool.fetchval(WAITING) < len(both):
            pass
        await db.rollback()
    answers = await asyncio.gather(*both)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [fact["kind"] for fact in await office.log()].count("case_decided") == 1


async def test_a_decision_whose_answer_was_lost_is_said_again_and_made_once(office: Office) -> None:
    case = await a_finding(office)

    first = await office.decide(case, KEEP)
    again = await office.decide(case, KEEP)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert [fact["kind"] for fact in await office.log()].count("case_decided") == 1


async def test_a_conflict_shows_both_values_and_an_override_takes_the_other(office: Office) -> None:
    await office.open_job()
    note = {"field": "access_note"}
    await office.desk.push(office.desk.fact(office.job_id, "details_amended", {**note, "now": "东门"}, minute=60))
    await office.phone.push(office.phone.fact(office.job_id, "details_amended", {**note, "now": "西门"}, minute=61))
    case = await office.the_case(kind="conflict")
    values = {case["conflict"]["chosen"]["value"], case["conflict"]["other"]["value"]}
    assert values == {"东门", "西门"}
    assert case["zh"].startswith("进门说明有两处互不知情的修改")
    assert case["en"].startswith("Two edits of the access note were made unaware of each other")

    answer = await office.decide(case, {"choice": "override", "reason": "顾客更正"})

    assert answer.status_code == 200, answer.text
    await office.desk.pull()
    now = office.desk.jobs[str(office.job_id)]["details"]["access_note"]
    assert now == case["conflict"]["other"]["value"]


async def test_a_double_booking_is_marked_decided_and_keeps_who_decided(office: Office) -> None:
    case = await a_double_booking(office)
    assert [visit["job_number"] is not None for visit in case["booking"]["visits"]] == [True, True]

    first = await office.decide(case, KEEP)
    again = await office.decide(case, {**KEEP, "reason": "另有理由"})

    assert (first.status_code, first.json()["state"]) == (200, "decided")
    assert first.json()["decision"]["by"] == str(office.organisation.dispatcher.actor.member_id)
    assert (again.status_code, again.json()["code"]) == (409, "case_decided_already")


async def test_a_double_booking_names_no_job_that_its_reader_may_not_see(office: Office, database: Database) -> None:
    organisation, elsewhere = office.organisation, uuid4()
    async with database.transaction() as db:
        await add_outlet(db, organisation.org_id, elsewhere, code="SZ01", name="姑苏服务站")
        other = await add_person(db, organisation.org_id, elsewhere, Role.DISPATCHER, "SZ01-D", "姑苏服务站 调度")
    far, far_job, technician = Phone(office.client, other), uuid4(), organisation.technician.actor.member_id
    opened = far.fact(far_job, "job_opened", job_opened(elsewhere))
    await far.push(opened, far.fact(far_job, "visit_planned", visit_planned(technician), visit_id=uuid4(), minute=1))
    await office.open_job()

    booking = (await office.the_case(kind="booking"))["booking"]

    assert {visit["job_id"] for visit in booking["visits"]} == {None, str(office.job_id)}
    assert [visit["job_number"] is None for visit in booking["visits"]].count(True) == 1
    assert {visit["starts_at"] for visit in booking["visits"]} == {booking["starts_at"]}


async def test_an_override_books_nobody_twice_and_takes_no_value_that_cannot_stand(office: Office) -> None:
    """Two desks planned one visit unaware of each other; the losing hours have been given to another job since."""
    await office.open_job()
    technician = office.organisation.technician.actor.member_id
    asked = {"asked_by": "company", "customer_agreed": True}
    for minute, number in ((300, 2), (500, 3)):
        times = {name: at for name, at in visit_planned(technician, minute).items() if name != "technician_id"}
        moved = office.desk.fact(office.job_id, "visit_replanned", {**times, **asked}, visit_id=office.visit_id)
        await office.desk.push({**moved, "base_version": 2, "seq": None, "happened_at": START_OF[number]})
    case = await office.the_case(kind="conflict")
    other = msgspec.json.decode(case["conflict"]["other"]["value"])
    taken = {"technician_id": str(technician), **{name: other[name] for name in TIMES}}
    job = uuid4()
    opened = office.desk.fact(job, "job_opened", job_opened(office.organisation.outlet_id))
    await office.desk.push(opened, office.desk.fact(job, "visit_planned", taken, visit_id=uuid4(), minute=4))

    twice = await office.decide(case, {"choice": "override", "reason": "顾客要求"})
    nonsense = await office.decide(case, {"choice": "override", "value": "明天", "reason": "顾客要求"})

    assert (twice.status_code, twice.json()["code"]) == (409, "technician_booked")
    assert (nonsense.status_code, nonsense.json()["errors"][0]["pointer"]) == (422, "/value")
    assert await office.cases(kind="booking") == []


async def test_releasing_records_the_very_bytes_as_their_authors_at_their_time(office: Office) -> None:
    await office.open_job(planned=False)
    case, fact, told = await a_stranger_s_note(office)
    assert (case["code"], case["suggested_choice"], case["held"]["readable"]) == ("job_unknown", "release", True)

    answer = await office.decide(case, RELEASE)

    assert (answer.status_code, answer.json()["state"]) == (200, "decided"), answer.text
    entry = (await office.log())[-1]
    assert entry["record"] == fact
    assert entry["author_id"] == str(office.organisation.technician.actor.member_id)
    assert entry["device_id"] == str(office.organisation.technician.actor.device_id)
    assert entry["happened_at"] == fact["happened_at"].replace("+00:00", "Z")
    assert entry["released_by"] == str(office.organisation.dispatcher.actor.member_id)
    assert answer.json()["decision"]["reason"] == RELEASE["reason"]
    assert (await office.phone.push(fact))["outcomes"][0]["answer"] == told


async def test_discarding_leaves_it_out_and_keeps_the_bytes(office: Office, database: Database) -> None:
    await office.open_job(planned=False)
    case, fact, told = await a_stranger_s_note(office)
    before = await office.log()

    assert (await office.decide(case, DISCARD)).json()["decision"]["choice"] == "discard"
    again = await office.decide(case, RELEASE)

    assert (again.status_code, again.json()["code"]) == (409, "case_decided_already")
    assert await office.log() == before
    assert (await office.phone.push(fact))["outcomes"][0]["answer"] == told
    assert await database.pull_pool.fetchval("SELECT state FROM quarantine") == "discarded"


async def test_releasing_at_one_moment_releases_once(office: Office) -> None:
    await office.open_job(planned=False)
    case, *_ = await a_stranger_s_note(office)

    answers = await asyncio.gather(*(office.decide(case, {**RELEASE, "reason": f"理由 {n}"}) for n in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await office.log()) == 2


async def test_what_cannot_be_read_is_shown_but_not_released_until_it_can(office: Office, database: Database) -> None:
    await office.open_job(planned=False)
    fact = office.desk.fact(office.job_id, "teleported", {"to": "door"})
    await office.desk.push(fact)
    case = await office.the_case(kind="quarantine")
    assert (case["code"], case["held"]["readable"]) == ("fact_kind_unknown", False)
    assert (case["held"]["pointer"], case["held"]["detail"]) == ("", "teleported")
    assert '"teleported"' in case["held"]["record"]
    assert case["suggested_choice"] == "discard"

    refused = await office.decide(case, RELEASE)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "still_unreadable")

    readable = case["held"]["record"].replace('"teleported":{"to":"door"}', '"note_added":{"text":"到了"}').encode()
    assert b"note_added" in readable
    # A later release of the service that knows the kind reads the same bytes; here the bytes stand for that.
    await database.pull_pool.execute("UPDATE quarantine SET record = $1", readable)
    assert (await office.decide(case, RELEASE)).status_code == 200
    assert (await office.log())[-1]["kind"] == "note_added"


async def test_a_second_fact_under_one_id_is_never_released(office: Office) -> None:
    await office.open_job(planned=False)
    fact = office.desk.fact(office.job_id, "note_added", {"text": "一"})
    await office.desk.push(fact)
    await office.desk.push({**fact, "note_added": {"text": "二"}})
    case = await office.the_case(kind="quarantine")

    answer = await office.decide(case, RELEASE)

    assert (case["code"], case["suggested_choice"]) == ("fact_id_reused", "discard")
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_release")
    assert answer.json()["errors"][0]["code"] == "fact_id_taken"


async def test_a_fact_about_no_job_cannot_be_released_and_stays_to_be_decided(office: Office) -> None:
    await office.desk.push(office.desk.fact(uuid4(), "note_added", {"text": "?"}))
    case = await office.the_case(kind="quarantine")

    answer = await office.decide(case, RELEASE)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "job_unknown")
    assert (await office.the_case(kind="quarantine"))["state"] == "open"
    assert (await office.decide(case, DISCARD)).status_code == 200


async def test_nobody_releases_a_fact_into_a_job_that_they_may_not_see(office: Office, database: Database) -> None:
    organisation, elsewhere = office.organisation, uuid4()
    async with database.transaction() as db:
        await add_outlet(db, organisation.org_id, elsewhere, code="SZ01", name="姑苏服务站")
        other = await add_person(db, organisation.org_id, elsewhere, Role.DISPATCHER, "SZ01-D", "姑苏服务站 调度")
    far = Phone(office.client, other)
    far_job = uuid4()
    await far.push(far.fact(far_job, "job_opened", job_opened(elsewhere)))
    await office.phone.push(office.phone.fact(far_job, "note_added", {"text": "误报"}))
    case = await office.the_case(kind="quarantine")

    answer = await office.decide(case, RELEASE)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "job_unknown")
    assert await office.cases(other) == []
    assert (await office.ask(f"/{case['id']}", other)).status_code == 404
    assert (await office.decide(case, DISCARD, other)).status_code == 404


async def test_the_list_holds_what_its_filters_let_through_in_pages(office: Office) -> None:
    await a_finding(office)
    everything = await office.cases()
    assert len(everything) > 1
    assert await office.cases(kind="quarantine") == []
    assert await office.cases(state="decided") == []
    assert await office.cases(job_id=str(uuid4())) == []
    for name in ("code", "severity"):
        assert {each[name] for each in everything} > {everything[0][name]}
        assert await office.cases(**{name: everything[0][name]}) == [
            each for each in everything if each[name] == everything[0][name]
        ]
    assert await office.cases(outlet_id=str(office.organisation.outlet_id), job_id=str(office.job_id)) == everything
    first = (await office.ask("", params={"limit": "1"})).json()
    rest = await office.ask("", params={"limit": "200", "cursor": first["next_cursor"]})
    assert rest.status_code == 200
    assert [*first["items"], *rest.json()["items"]] == everything


async def test_a_technician_reads_no_cases_and_an_auditor_decides_none(office: Office, database: Database) -> None:
    case = await a_finding(office)
    organisation = office.organisation
    async with database.transaction() as db:
        auditor = await add_person(db, organisation.org_id, organisation.outlet_id, Role.AUDITOR, "AUDIT", "审计")

    assert (await office.ask("", organisation.technician)).status_code == 403
    assert (await office.ask(f"/{case['id']}", auditor)).status_code == 200
    assert (await office.decide(case, KEEP, auditor)).status_code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"choice": "override", "reason": "x"}, "unfit_choice"),
        ({"choice": "release", "reason": "x"}, "unfit_choice"),
        ({"choice": "discard", "reason": "x"}, "unfit_choice"),
        ({"choice": "maybe", "reason": "x"}, "unknown_value"),
        ({"choice": "accept", "reason": ""}, "too_short"),
        ({"choice": "accept", "reason": "x" * 201}, "too_long"),
        ({"choice": "accept", "reason": "\0"}, "holds_nul"),
        ({"choice": "accept"}, "missing"),
    ],
)
async def test_a_decision_that_does_not_fit_is_refused(office: Office, body: dict[str, Any], code: str) -> None:
    case = await a_finding(office)

    answer = await office.decide(case, body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    if code == "unfit_choice":
        assert answer.json()["errors"][0]["allowed"] == case["choices"]


async def test_a_case_that_is_not_there_is_not_found(office: Office) -> None:
    for case_id in (str(uuid4()), "first"):
        assert (await office.ask(f"/{case_id}")).status_code == 404
        assert (await office.decide({"id": case_id}, KEEP)).status_code == 404


def test_every_case_has_a_sentence_in_both_languages_and_a_choice() -> None:
    for rule in RULES:
        names = [name for _, name, _, _ in string.Formatter().parse(rule.zh + rule.en) if name]
        assert sentence(CaseKind.FINDING, rule.code, dict.fromkeys(names, "x")).en
    for rule_id in MergeRule:
        assert sentence(CaseKind.CONFLICT, rule_id, {"field": "x"}).zh
    for reason in (*UNREADABLE, "job_unknown", "not_your_visit"):
        assert reason not in sentence(CaseKind.QUARANTINE, reason, {}).zh
    assert set(CHOICES) == set(CaseKind)


async def a_double_booking(office: Office) -> dict[str, Any]:
    """Two plans for one technician's hour, pushed by desks that were offline: both are kept."""
    await office.open_job()
    other = uuid4()
    technician = office.organisation.technician.actor.member_id
    opened = office.desk.fact(other, "job_opened", job_opened(office.organisation.outlet_id))
    await office.desk.push(
        opened, office.desk.fact(other, "visit_planned", visit_planned(technician), visit_id=uuid4(), minute=2)
    )
    return await office.the_case(kind="booking")


async def a_stranger_s_note(office: Office) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A technician's note on a job that was never theirs: the case, the fact, and what its author was told."""
    fact = office.phone.fact(office.job_id, "note_added", {"text": "帮同事看过"}, minute=60)
    pushed = await office.phone.push(fact)
    assert pushed["outcomes"][0]["outcome"] == "quarantined"
    return await office.the_case(kind="quarantine"), fact, pushed["outcomes"][0]["answer"]
