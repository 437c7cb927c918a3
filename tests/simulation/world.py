"""One organisation, its people, their phones and desks, and a network between them and a server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.simulation.bodies import Scene, an_id
from tests.simulation.clocks import a_clock
from tests.simulation.device import Device, Person
from tests.simulation.faults import Fired
from tests.simulation.intentions import kind_for, meant
from tests.simulation.ledger import Json, Ledger, Typed, number_of_facts
from tests.simulation.port import ServerPort

DAWN = datetime(2025, 7, 1, tzinfo=UTC)
VALUES = {"visit_planned": "plan", "visit_replanned": "plan", "diagnosed": "diagnosis", "repair_recorded": "repair"}


@dataclass
class Company:
    """Who works here: three technicians, a dispatcher of one outlet, a supervisor of all; and where they work."""

    outlets: tuple[str, ...]
    people: tuple[Person, ...]
    sites: tuple[tuple[str, str], ...] = ()
    """Each with the appliance that stands there."""
    has_catalogue: bool = False

    @property
    def technicians(self) -> list[Person]:
        return [person for person in self.people if person.role == "technician"]


@dataclass
class Late:
    """A request that is still on its way; who sent it has given up waiting."""

    device: Device
    path: str
    body: bytes
    batch: list[Typed]


@dataclass
class World:
    """Everything but the server: people, devices, messages on their way, backups, the ledger."""

    company: Company
    port: ServerPort
    fired: Fired
    now: datetime = DAWN
    devices: list[Device] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    late: list[Late] = field(default_factory=list)
    phone_backups: list[tuple[Device, Device]] = field(default_factory=list)
    server_backup: object | None = None
    reused: list[Typed] = field(default_factory=list)

    async def equip(self, person: Person, chance: Random) -> Device:
        """Give somebody a newly enrolled device."""
        device_id, handle = await self.port.enrol(person)
        device = Device(person, device_id, handle, a_clock(chance, self.port.now(), self.fired))
        self.devices.append(device)
        return device

    def pass_time(self, chance: Random) -> None:
        """Minutes go by, or hours."""
        self.now += timedelta(seconds=chance.choice((20, 60, 600, 1200, 7200)))

    def type_fact(self, device: Device, chance: Random, kind: str | None = None, job: str | None = None) -> Typed:
        """Somebody records something on their device: it is in the outbox from then on."""
        kind = kind or kind_for(device, chance, self.fired)
        held = list(device.documents)
        kind = kind if held or job else "job_opened"
        if job is None:
            job = an_id(chance) if kind == "job_opened" or chance.random() < 0.02 else chance.choice(held)
        document = device.documents.get(job, {})
        visit_id, drawn = meant(kind, device, job, self._scene(device, job, document, chance), chance, self.fired)
        device.seq += 1
        at = self.port.now()
        fact: Json = {
            "id": an_id(chance),
            "job_id": job,
            "visit_id": visit_id,
            "seq": device.seq,
            "happened_at": device.clock.wall(at).isoformat(),
            "uptime_ms": device.clock.uptime_ms(at),
            "boot_id": device.clock.boot_id,
            "base_version": document.get("version", 0),
            kind: drawn,
        }
        if chance.random() < 0.15:
            fact["strict"] = True
            self.fired["strict_asked"] += 1
        return self._typed(device, fact, kind, document)

    def _typed(self, device: Device, fact: Json, kind: str, document: Json) -> Typed:
        typed = Typed(
            fact=fact,
            kind=kind,
            body=fact[kind],
            member=device.person.id,
            role=device.person.role,
            device=device.id,
            order=len(self.ledger.typed),
            at=self.port.now(),
            life=device.heard_in.get(str(fact["job_id"]), device.life),
            held_version=number_of_facts(document),
            showed=shown(document, kind, fact),
            clock=device.clock.setting,
        )
        self.ledger.typed.append(typed)
        device.outbox.append(typed)
        return typed

    def _scene(self, device: Device, job: str, document: Json, chance: Random) -> Scene:
        own = [typed.id for typed in self.ledger.typed if typed.job == job and typed.member == device.person.id]
        known = [each["fact_id"] for each in (*document.get("notes", ()), *document.get("reviews", ()))]
        technician = device.person if device.person.role == "technician" else chance.choice(self.company.technicians)
        return Scene(
            now=self.now,
            technician=technician.id,
            outlet=chance.choice((self.company.outlets[0], *self.company.outlets)),
            document=document,
            own_facts=tuple(own),
            known_facts=tuple(known) if device.person.role == "supervisor" else (),
            site=self._site(job),
        )

    def _site(self, job: str) -> tuple[str, str] | None:
        """Where the job is; of every fourth nobody knows."""
        number = int(job[:8], 16) % (len(self.company.sites) + 1)
        return self.company.sites[number] if number < len(self.company.sites) else None


def shown(document: Json, kind: str, fact: Json) -> Any:
    """What the document in front of the author says in the field that the fact sets."""
    if kind == "details_amended":
        return document.get("details", {}).get(fact[kind]["field"])
    if kind == "warranty_decided":
        return document.get("warranty_decision")
    if kind == "case_decided":
        return next((each for each in document.get("conflicts", ()) if each["id"] == fact[kind]["case_id"]), None)
    visit: Json = next((each for each in document.get("visits", ()) if each["id"] == fact["visit_id"]), {})
    return visit.get(VALUES.get(kind, ""))
