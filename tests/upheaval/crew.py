"""A desk and three technicians of one outlet, who go on working whatever happens to the server."""

import asyncio
import random
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from service.seed.company import sample_id
from service.seed.sample import DEMO_PASSWORD
from tests.upheaval.ledger import Ledger
from tests.upheaval.phone import PATIENCE_SECONDS, Phone, Seen

ORGANISATION, OUTLET = "anxin", "HZ01"
TECHNICIANS = ("HZ0107", "HZ0112", "HZ0115")
FRESH_JOBS = 4
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("visit_accepted", {}),
    ("departed", {}),
    ("arrived", {}),
    ("checked_in", {"uniform": {"code": "uniform", "result": "pass"}, "badge": {"code": "badge", "result": "pass"}}),
)


class Crew:
    """Everybody's phone, and the jobs that they work on at the moment."""

    def __init__(self, desk: Phone, technicians: Sequence[Phone], chance: random.Random) -> None:
        self.desk, self.technicians, self.chance = desk, technicians, chance
        self.phones = (desk, *technicians)
        self._begun = datetime.now(UTC)
        self._opened = 0
        self._steps: dict[str, int] = {}

    async def work(self, over: asyncio.Event) -> None:
        """Everybody records and syncs, at their own pace, until it is over and all is answered."""
        self.open_jobs()
        await everybody(*(self._works(each, over) for each in self.phones))

    def open_jobs(self) -> None:
        """One for each technician, each an hour after the last, so that nobody is booked twice."""
        for technician in self.technicians:
            job_id, visit_id = str(uuid4()), str(uuid4())
            begins = self._begun + timedelta(hours=self._opened)
            opened = {"outlet_id": str(sample_id("outlet", OUTLET)), "work_type": "repair", "symptom": "不制冷"}
            plan = {
                "technician_id": technician.member_id,
                "window_start": begins.isoformat(),
                "window_end": (begins + timedelta(minutes=50)).isoformat(),
                "work_start": begins.isoformat(),
                "work_end": (begins + timedelta(minutes=50)).isoformat(),
            }
            self.desk.record(job_id, "job_opened", {**opened, "warranty": "paid"})
            self.desk.record(job_id, "visit_planned", plan, visit_id)
        self._opened += 1

    def note(self, phone: Phone, count: int = 1) -> None:
        """Notes about the newest jobs that the phone holds: several people write about the same ones."""
        newest = list(phone.held)[-FRESH_JOBS * (len(self.technicians) if phone is self.desk else 1) :]
        for _ in range(count if newest else 0):
            phone.record(self.chance.choice(newest), "note_added", {"text": f"{phone.name} 记录"})

    async def _works(self, phone: Phone, over: asyncio.Event) -> None:
        while True:
            self._step(phone)
            self.note(phone, self.chance.randint(1, 4))
            await asyncio.sleep(self.chance.uniform(0, 0.05))
            await phone.sync()
            if over.is_set():
                return

    def _step(self, phone: Phone) -> None:
        for job_id, job in list(phone.held.items())[-FRESH_JOBS:]:
            visit = next((each for each in job["visits"] if each["technician_id"] == phone.member_id), None)
            step = self._steps.get(job_id, 0)
            if visit is not None and step < len(STEPS):
                self._steps[job_id] = step + 1
                phone.record(job_id, *STEPS[step], visit["id"])
                return


async def gather_crew(url: str, folder: Path, seen: Seen, chance: random.Random) -> Crew:
    """The desk signs in, the phones are enrolled, everybody pulls."""

    def phone(name: str) -> Phone:
        limits = httpx.Limits(max_connections=40, max_keepalive_connections=2, keepalive_expiry=1)
        client = httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS, limits=limits, trust_env=False)
        return Phone(name, client, Ledger(folder / f"{name}.ledger"), seen)

    desk, technicians = phone("desk"), [phone(login) for login in TECHNICIANS]
    who = {"organisation": ORGANISATION, "login": "dispatch.hz01", "password": DEMO_PASSWORD, "device_name": "desk"}
    await desk.sign_in("/v1/sessions", who)
    for each in technicians:
        made = await desk.ask("/v1/enrolment-codes", {"member_id": str(sample_id("member", each.name))})
        device = {"device_id": str(uuid4()), "device_name": each.name, "platform": "android", "app_version": "1.0.0"}
        await each.sign_in("/v1/enrolments", {"organisation": ORGANISATION, "code": made["code"], **device})
    await everybody(*(each.sync() for each in (desk, *technicians)))
    return Crew(desk, technicians, chance)


async def everybody(*doing: Awaitable[None]) -> None:
    await asyncio.gather(*doing)


def scope_of(phone: Phone, desk: Phone) -> UUID:
    """Whose documents the phone holds: the outlet's, or its member's."""
    return sample_id("outlet", OUTLET) if phone is desk else UUID(phone.member_id)
