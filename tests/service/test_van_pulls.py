"""A phone holds what lies in its technician's van, by the ledger, and nobody else's."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from domain.people.actor import Actor, Role
from service.running.sample_company import open_desk
from tests.builders.attendance import attendance_of, charged
from tests.builders.organisations import Person
from tests.builders.phone import Phone
from tests.builders.repairing import digest_of
from tests.builders.sample_desk import DISPATCHER, TECHNICIAN, Desk
from tests.service.test_stock import PART, TRACKED, VAN, balances, operation, recorded

Lying = dict[str, int]


class Van:
    """The phone of the technician whose van it is."""

    def __init__(self, desk: Desk, signed: Person) -> None:
        self.desk = desk
        self.phone = Phone(desk.client, signed)

    @property
    def lying(self) -> Lying:
        """What the phone says lies there."""
        (van,) = self.phone.vans.values()
        assert (van["technician_id"], van["parts_are_whole"]) == (VAN, True)
        return {each["part_code"]: each["quantity_thousandths"] for each in van["parts"]}

    async def by_the_ledger(self) -> Lying:
        found = await balances(self.desk, location_id=VAN)
        return {part_code: quantity for (_, part_code), quantity in found.items() if quantity}


async def van_of(desk: Desk, login: str) -> Van:
    """As that member, on a device of theirs."""
    async with desk.database.transaction() as db:
        token = await open_desk(db, login)
    role = Role.DISPATCHER if login == DISPATCHER else Role.TECHNICIAN
    actor = Actor(desk.card.org_id, desk.member_id(login), uuid4(), role, (), "zh")
    return Van(desk, Person(actor, token))


@pytest.fixture
async def van(desk: Desk) -> Van:
    """The sample company's, loaded with a few parts."""
    await recorded(desk, operation("received", 10), operation("issued", 4))
    return await van_of(desk, TECHNICIAN)


async def used(van: Van, **part: Any) -> dict[str, Any]:
    """A part out of the van, told at the door; what the technician said."""
    attendance = await attendance_of(van.desk)
    await charged(attendance)
    body = {"part_code": PART, "unit": "piece", "source": "van", "serial_in": None, **part}
    fact = {"id": str(uuid4()), "job_id": attendance.job_id, "visit_id": attendance.visit_id, "part_used": body}
    job = (await van.desk.ask(DISPATCHER, "GET", f"/v1/jobs/{attendance.job_id}")).json()
    return {**fact, "base_version": job["version"], "happened_at": job["changed_at"]}


async def test_a_first_pull_holds_what_the_ledger_says(van: Van) -> None:
    await van.phone.pull()
    assert van.lying == await van.by_the_ledger()
    assert van.lying[PART] >= 4000


async def test_what_is_put_there_or_taken_comes_with_the_next_pull_and_else_nothing(van: Van) -> None:
    await van.phone.pull()
    before = van.lying[PART]
    assert (await van.phone.pull())["vans"] == []
    await recorded(van.desk, operation("issued", 2))
    await van.phone.pull()
    assert van.lying[PART] == before + 2000
    await recorded(van.desk, operation("returned", before / 1000 + 2))
    await van.phone.pull()
    assert PART not in van.lying
    assert van.lying == await van.by_the_ledger()


async def test_a_push_that_uses_a_part_brings_the_new_balance_along(van: Van) -> None:
    await van.phone.pull()
    before = van.lying[PART]
    fact = await used(van)
    await van.phone.pull()
    answer = await van.phone.push(fact, cursor=van.phone.cursor)
    (told,) = answer["changes"]["vans"]
    assert {each["part_code"]: each["quantity_thousandths"] for each in told["parts"]}[PART] == before - 1000
    back = {"fact_id": fact["id"], "reason": "扫错"}
    await van.phone.push(van.phone.fact(fact["job_id"], "fact_retracted", back, visit_id=fact["visit_id"], minute=600))
    await van.phone.pull()
    assert van.lying[PART] == before


async def test_changes_of_other_parts_at_one_moment_are_all_told(van: Van) -> None:
    """Each waits for the van, whatever part it is about."""
    parts = [PART, TRACKED, "P-AC-011", "P-AC-014", "P-AC-015"]
    received = [operation("received", 5, part_code=code) for code in parts]
    await recorded(van.desk, *received)
    issued = [operation("issued", 1, part_code=code) for code in parts for _ in range(2)]
    await asyncio.gather(*(recorded(van.desk, each) for each in issued))
    await van.phone.pull()
    assert van.lying == await van.by_the_ledger()


async def test_nobody_elses_van_is_told(van: Van) -> None:
    fellow, desk = [await van_of(van.desk, login) for login in ("HZ0112", DISPATCHER)]
    for each in (fellow, desk):
        await each.phone.pull()
    assert {each["technician_id"] for each in fellow.phone.vans.values()} <= {str(van.desk.member_id("HZ0112"))}
    assert desk.phone.vans == {}
    before = dict(fellow.phone.vans)
    await recorded(van.desk, operation("issued", 1))
    assert (await fellow.phone.pull())["vans"] == (await desk.phone.pull())["vans"] == []
    assert fellow.phone.vans == before


async def test_the_van_counts_in_the_digest_and_in_the_budget(van: Van) -> None:
    await attendance_of(van.desk)
    page = await van.phone.pull(budget_bytes=1)
    while page["more"]:
        assert len(page["jobs"]) + len(page["sites"]) + len(page["vans"]) == 1
        page = await van.phone.pull(budget_bytes=1)
    assert van.lying == await van.by_the_ledger()
    assert (await van.phone.pull(digest=True))["digest"] == digest_of(van.phone)
