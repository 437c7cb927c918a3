"""Whatever id somebody writes into a path: what is another organisation's or another outlet's is not found.

And whatever two organisations have in common, ids even, neither reads nor changes a row of the other.
"""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from domain.people.actor import Role, may
from service.database import Database
from service.http.endpoint import Operation
from service.routes import OPERATIONS
from service.seed.company import sample_id
from service.store.tables import metadata
from tests.builders.attendance import Attendance, attendance_of, finished
from tests.builders.fleet import rows_of
from tests.builders.organisations import Person, add_organisation, add_person
from tests.builders.phone import Phone
from tests.builders.sample_desk import ADMIN, DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import HZ01, NEXT_MONTH, THESE_DAYS, WANG, at
from tests.builders.sending import Sender, digest_of, photo

Ids = dict[str, str]
# Codes, digests of the catalogue and names are every organisation's own; what they are looked up in is that of whoever
# asks. The customer's page is told by its own tests.
NAMED = {"code", "name", "kpi", "token"}
PASSED_OVER = {"read_catalogue_bundle"}
WALKED = [
    each
    for each in OPERATIONS
    if each.path_parameters and not each.public and not NAMED & set(each.path_parameters) and each.id not in PASSED_OVER
]
BODIES: dict[str, Any] = {
    "set_password": {"password": "a long enough password 2026"},
    "rotate_webhook_secret": {},
    "replay_deliveries": {"after": 0},
    "update_webhook": {"url": "https://erp.example.com/hook"},
}
QUERIES = {
    "list_candidates": {"starts_at": at(1), "ends_at": at(2)},
    **dict.fromkeys(("read_kpi_results", "read_evidence_index"), THESE_DAYS),
}
SCOPES = (Role.ADMIN, Role.DISPATCHER, Role.TECHNICIAN)
"""Who sees everything, an outlet, and what they hold."""
UPLOADS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}


class Walker:
    """Asks every operation about the same records."""

    def __init__(self, client: AsyncClient, ids: Ids) -> None:
        self.client, self.ids = client, ids

    async def ask(self, operation: Operation, person: Person, version: int = 1) -> Response:
        path = operation.path
        for name in operation.path_parameters:
            path = path.replace(f"{{{name}}}", self.ids[self.named(operation, name)])
        headers = {**person.headers, "If-Match": f'"{version}"', **(UPLOADS if path.startswith("/v1/uploads") else {})}
        if operation.streams is not None:
            headers["Content-Type"] = operation.streams.replace("*", "jpeg")
            content = photo()
        elif operation.body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(operation.example or BODIES.get(operation.id, {}))
        else:
            content = b""
        query = QUERIES.get(operation.id)
        return await self.client.request(operation.method, path, headers=headers, content=content, params=query)

    def named(self, operation: Operation, name: str) -> str:
        return f"written_{name}" if operation.path.startswith("/v1/written-reports") else name


@pytest.fixture
async def walker(desk: Desk) -> Walker:
    """One record of every kind, all of one outlet, and nobody's but its own."""
    attendance = await attendance_of(desk)
    await finished(attendance)
    async with desk.database.transaction() as db:
        where = desk.card.org_id, UUID(HZ01), Role.DISPATCHER
        people = [await add_person(db, *where, f"D{number}", "调度") for number in (1, 2)]
    ids = {"device_id": str(people[1].actor.device_id)}
    ids |= {**await of_registry(desk), **await of_job(attendance, people), **await of_figures(desk)}
    return Walker(desk.client, {**ids, **await of_administration(desk)})


async def of_registry(desk: Desk) -> Ids:
    found = {"outlet_id": HZ01, "member_id": WANG}
    for name, path in (("customer_id", "customers"), ("site_id", "sites"), ("asset_id", "assets")):
        found[name] = first(await desk.ask(DISPATCHER, "GET", f"/v1/{path}"))
    found["certificate_id"] = first(await desk.ask(DISPATCHER, "GET", f"/v1/certificates?member_id={WANG}"))
    headers = {**await desk.headers(SUPERVISOR), "Content-Type": "image/jpeg"}
    await desk.client.put(f"/v1/members/{WANG}/photo", content=photo(), headers=headers)
    absence = {"member_id": WANG, "starts_at": at(100), "ends_at": at(101), "reason": "培训"}
    found["absence_id"] = made(await desk.ask(DISPATCHER, "POST", "/v1/absences", json=absence))
    return found


async def of_job(attendance: Attendance, people: list[Person]) -> Ids:
    desk, job = attendance.desk, f"/v1/jobs/{attendance.job_id}"
    found = {"job_id": attendance.job_id, "visit_id": attendance.visit_id}
    found["link_id"] = made(await desk.ask(DISPATCHER, "POST", f"{job}/customer-links", json={}))
    found["report_id"] = made(await attendance.say("service-reports", {}, DISPATCHER))
    sender, content = Sender(desk.client, people[0]), photo()
    assert (await sender.send(UUID(attendance.job_id), content)).status_code == 204
    begun = await sender.begin(UUID(attendance.job_id), photo())
    found |= {"digest": digest_of(content), "upload_id": begun.headers["location"].rpartition("/")[2]}
    return {**found, **await of_quarrel(desk, attendance.job_id, people)}


async def of_quarrel(desk: Desk, job_id: str, people: list[Person]) -> Ids:
    """Two of the desk who name the gate without having heard of each other."""
    for person, gate in zip(people, ("东门", "西门"), strict=True):
        phone = Phone(desk.client, person)
        said = phone.fact(job_id, "details_amended", {"field": "access_note", "now": gate})
        await phone.push({**said, "happened_at": datetime.now(UTC).isoformat(), "base_version": 1})
    conflict = first(await desk.ask(DISPATCHER, "GET", f"/v1/conflicts?job_id={job_id}"))
    return {"conflict_id": conflict, "case_id": conflict}


async def of_figures(desk: Desk) -> Ids:
    about_hz01 = {**THESE_DAYS, "outlet_id": HZ01}
    table = {**about_hz01, "subject": "measures", "format": "csv"}
    action = {**about_hz01, "kpi": "K12a", "title": "告知费用", "action": "先报价后动手", "due_on": NEXT_MONTH}
    owned = {**action, "owner_id": str(desk.member_id(SUPERVISOR))}
    frozen = await desk.ask(SUPERVISOR, "POST", "/v1/snapshots", json=about_hz01)
    return {
        "export_id": made(await desk.ask(SUPERVISOR, "POST", "/v1/exports", json=table)),
        "written_report_id": made(await desk.ask(SUPERVISOR, "POST", "/v1/written-reports", json=about_hz01)),
        "snapshot_id": frozen.json()["snapshot"]["id"],
        "improvement_id": made(await desk.ask(SUPERVISOR, "POST", "/v1/improvements", json=owned)),
    }


async def of_administration(desk: Desk) -> Ids:
    hook = await desk.ask(ADMIN, "POST", "/v1/webhooks", json=BODIES["update_webhook"])
    task = first(await desk.ask(ADMIN, "GET", "/v1/tasks"))
    return {"webhook_id": hook.json()["webhook"]["id"], "event_id": str(uuid4()), "task_id": task}


def first(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["items"][0]["id"])


def made(answer: Response) -> str:
    assert answer.status_code in {201, 202}, answer.text
    return str(answer.json()["id"])


async def test_another_organisation_finds_nothing(walker: Walker, database: Database) -> None:
    other = await add_organisation(database, "QT")
    await finds_nothing(walker, WALKED, await everybody(database, other.org_id, other.outlet_id))


async def test_another_outlet_finds_nothing(walker: Walker, desk: Desk) -> None:
    elsewhere = sample_id("outlet", "SZ01")
    await finds_nothing(walker, WALKED, await everybody(desk.database, desk.card.org_id, elsewhere, bound=True))


async def everybody(database: Database, org_id: UUID, outlet_id: UUID, *, bound: bool = False) -> dict[Role, Person]:
    """One of each role; the admin is `bound` to the outlet too, or of all."""
    async with database.transaction() as db:
        roles = [role for role in Role if role is not Role.CUSTOMER]
        return {role: await add_person(db, org_id, outlet_id, role, f"X-{role}", "外人", bound=bound) for role in roles}


async def finds_nothing(walker: Walker, walked: list[Operation], people: dict[Role, Person]) -> None:
    """The answer about an id that does not exist for everybody who holds the right, 403 for every other one."""
    missing, wrong = Walker(walker.client, {name: str(uuid4()) for name in walker.ids}), []
    missing.ids["digest"] = digest_of(b"nobody sent this")
    for operation in walked:
        for role, person in people.items():
            holds = operation.right is None or may(person.actor, operation.right)
            found = await walker.ask(operation, person)
            # References of the body may be looked up before the record.
            right = found.status_code in {404, 422} if holds else found.status_code == 403
            if not right or (holds and said(found) != said(await missing.ask(operation, person))):
                wrong.append((operation.id, role.value, found.status_code, found.text[:200]))
    assert wrong == []


def said(answer: Response) -> tuple[int, Any]:
    """What of a problem is not about this one request."""
    told = answer.json()
    return answer.status_code, {name: told[name] for name in told if name not in {"instance", "request_id"}}


async def test_its_own_outlet_finds_what_the_walk_asks_for(walker: Walker, desk: Desk) -> None:
    """Else the walk would pass whatever the service does."""
    people = await everybody(desk.database, desk.card.org_id, UUID(HZ01))
    reads = [each for each in WALKED if each.method == "GET" and each.id != "read_upload"]
    answers = {each.id: await walker.ask(each, people[Role.ADMIN]) for each in reads}
    assert [name for name, answer in answers.items() if b'"not_found"' in answer.content] == []


async def add_twin(database: Database, org_id: UUID) -> UUID:
    """An organisation with a copy of every row of this one, under the same ids; only its code and keys are its own."""
    twin, tables = uuid4(), [each for each in metadata.sorted_tables if each.name != "signing_keys"]
    async with database.transaction() as db:
        for table in tables:
            own = {"org_id": "CAST(:twin AS uuid)", **({"code": "'twin'"} if table.name == "organisations" else {})}
            columns = [each.name for each in table.columns if each.identity is None and each.computed is None]
            copied = ", ".join(own.get(name, name) for name in columns)
            copy = f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {copied} FROM {table.name}"  # noqa: S608
            await db.execute(text(f"{copy} WHERE org_id = :org_id"), {"twin": twin, "org_id": org_id})
    return twin


def timeless(answer: Response, since: datetime) -> tuple[int, str]:
    """The answer without its own moment and name."""
    moments = r'"(20[-0-9]+T[:0-9.]+Z)"'
    told = re.sub(moments, lambda at: "now" if datetime.fromisoformat(at[1]) >= since else at[0], answer.text)
    return answer.status_code, re.sub(r'"request_id":"\w+"', "", told)


async def test_a_twin_with_the_same_ids_changes_no_answer(walker: Walker, desk: Desk) -> None:
    people = await everybody(desk.database, desk.card.org_id, UUID(HZ01))
    reads = [each for each in OPERATIONS if each.method == "GET" and not each.public and each.id != "read_hints"]
    asked = [(each, role) for each in reads if not NAMED & set(each.path_parameters) for role in SCOPES]

    async def answers() -> dict[str, tuple[int, str]]:
        since = datetime.now(UTC)
        found = {f"{each.id} {role}": timeless(await walker.ask(each, people[role]), since) for each, role in asked}
        page = (await desk.ask(TECHNICIAN, "POST", "/v1/sync/pull", json={})).json()
        return {**found, "pull": (200, str([page["jobs"], page["sites"], page["vans"], page["catalogue"]]))}

    alone = await answers()
    await add_twin(desk.database, desk.card.org_id)
    beside = await answers()

    assert {name for name in alone if alone[name] != beside[name]} == set()
    assert sum(status == 200 for status, _ in alone.values()) > 120


async def test_what_is_done_in_one_organisation_touches_no_row_of_its_twin(walker: Walker, desk: Desk) -> None:
    writes = [each for each in OPERATIONS if each.method != "GET" and not each.public and each.id != "sign_out"]
    people = await everybody(desk.database, desk.card.org_id, UUID(HZ01))
    twin = await add_twin(desk.database, desk.card.org_id)
    before = await rows_of(desk.database, twin)

    async def version(operation: Operation) -> int:
        job = await desk.ask(ADMIN, "GET", f"/v1/jobs/{walker.ids['job_id']}")
        return int(job.json()["version"]) if "job_id" in operation.path_parameters else 1

    await finished(await attendance_of(desk, hours=3))
    done = 0
    for operation in [each for each in writes if not NAMED & set(each.path_parameters)]:
        asked = [await walker.ask(operation, people[role], await version(operation)) for role in SCOPES]
        done += sum(answer.is_success for answer in asked)

    after = await rows_of(desk.database, twin)
    assert {name for name in before if before[name] != after[name]} == set()
    assert done > 90
