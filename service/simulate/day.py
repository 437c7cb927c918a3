"""The day that is being played: its people, its clock, and what it must come to."""

import random
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from service.simulate import desk as desks
from service.simulate import planning
from service.simulate.attendance import Attendance
from service.simulate.clocks import Stage
from service.simulate.desk import Desk, Place
from service.simulate.ledger import Json, Ledger
from service.simulate.network import Fault
from service.simulate.phone import Phone, Synced
from service.simulate.prices import Prices
from service.simulate.session import Session
from service.simulate.timeline import Timeline, outcome_of


class Expectation(Struct, frozen=True):
    """Something that a scene says must come out, and whether it did."""

    scene: str
    text: str
    held: bool


class Technician(Struct, kw_only=True):
    """A technician in the field, with the desk that sends them."""

    login: str
    name: str
    phone: Phone
    desk: Desk
    prices: Prices
    is_busy: bool = False

    @property
    def id(self) -> str:
        """The member's id."""
        return self.phone.session.member_id


class Day(Struct, kw_only=True):
    """Everything that the scenes share."""

    stage: Stage
    timeline: Timeline
    ledger: Ledger
    random: random.Random
    technicians: tuple[Technician, ...]
    desks: tuple[Desk, ...]
    reader: Session
    fired: Counter[str]
    planted: Counter[str] = field(default_factory=Counter)
    expectations: list[Expectation] = []

    def say(self, who: str, scene: str, what: str, outcome: str = "") -> None:
        """Print one line of the day."""
        self.timeline.say(self.stage.minute, who, scene, what, outcome)

    def expect(self, scene: str, text: str, *, held: bool) -> None:
        """Note what must be so, and say it aloud when it is not."""
        self.expectations.append(Expectation(scene, text, held))
        if not held:
            self.timeline.say(self.stage.minute, "", scene, f"expected: {text}", "NOT SO")

    def plant(self, technician: Technician, *faults: Fault) -> None:
        """Have the network fail the phone in these ways, one push after another."""
        technician.phone.network.planned += faults
        self.planted.update(faults)

    async def pass_time(self, minutes: int) -> None:
        """Let others act for so long."""
        await self.stage.until(self.stage.minute + minutes)


class Errand(Struct, frozen=True, kw_only=True):
    """One job with one technician on the way to it."""

    day: Day
    scene: str
    technician: Technician
    job_id: str
    visit: Attendance


async def open_job(
    day: Day,
    scene: str,
    technician: Technician,
    what: str,
    product_code: str,
    *,
    place: Place | None = None,
    **more: object,
) -> str:
    """The technician's desk takes a call."""
    job_id = await desks.open_job(technician.desk, product_code, place=place, **more)
    day.say(technician.desk.name, scene, what, "opened")
    return job_id


async def send(
    day: Day, scene: str, technician: Technician, job_id: str, *, times: Json | None = None, **more: object
) -> Errand:
    """The desk plans the technician's visit."""
    visit_id = await planning.plan_visit(technician.desk, job_id, technician.id, times=times, **more)
    day.say(technician.desk.name, scene, f"plans {technician.name}", "planned")
    visit = Attendance(phone=technician.phone, prices=technician.prices, job_id=job_id, visit_id=visit_id)
    return Errand(day=day, scene=scene, technician=technician, job_id=job_id, visit=visit)


async def sync(errand: Errand, what: str) -> Synced:
    """The errand's phone syncs."""
    return await sync_phone(errand.day, errand.scene, errand.technician, what)


async def sync_phone(day: Day, scene: str, technician: Technician, what: str) -> Synced:
    """The phone syncs, and the timeline says what it brought; what got no answer is sent again."""
    synced = await technician.phone.sync()
    day.say(technician.name, scene, what, outcome_of(synced))
    while not synced.through and technician.phone.network.has_signal:
        synced = await technician.phone.sync()
        day.say(technician.name, scene, "sends it again", outcome_of(synced))
    return synced


def go_offline(errand: Errand) -> None:
    """Into the basement."""
    errand.technician.phone.network.has_signal = False
    errand.day.planted[Fault.NO_SIGNAL] += 1


async def come_back(errand: Errand, what: str = "back in signal") -> Synced:
    """Tries once too early, then syncs what was recorded without signal."""
    await errand.technician.phone.sync()
    errand.technician.phone.network.has_signal = True
    return await sync(errand, what)


async def seen(errand: Errand) -> Json:
    """The job as the desk reads it from the server."""
    return await desks.job(errand.technician.desk, errand.job_id)


def finding_codes(job: Json) -> set[str]:
    """The rules that a job breaks."""
    return {finding["code"] for finding in job["findings"]}


def blocking(job: Json) -> Sequence[str]:
    """The rules whose findings stop something until they are decided."""
    return [
        finding["code"] for finding in job["findings"] if finding["blocks"] != "nothing" and finding["decision"] is None
    ]
