"""(c) Every device holds what the server holds for it, and (e) nothing else, unless its purge is on record as due."""

from collections.abc import Iterator, Sequence

from tests.simulation.checker.canonical import digest_of
from tests.simulation.checker.violation import Violation
from tests.simulation.device import Device, Person
from tests.simulation.ledger import Json
from tests.simulation.port import Final
from tests.simulation.world import Company

GIVEN_UP = {"cancelled", "superseded", "declined"}


def same_everywhere(company: Company, devices: Sequence[Device], final: Final, life: int) -> Iterator[Violation]:
    """Devices that could sync are exactly up to date; of the others one knows what they still hold."""
    revoked = {device.id for device in devices if device.revoked}
    twins = {device.id for device in devices if device.twin}
    for device in devices:
        due = {job_id for job_id, document in final.documents.items() if may_hold(device.person, document)}
        if device.id in revoked:
            continue
        if device.in_a_drawer:
            if device.person.role == "technician" and device.id not in twins:
                yield from _on_record(device, due, final, life)
            continue
        yield from _exact(device, due, final)


def may_hold(person: Person, document: Json) -> bool:
    """Whether the document is for this person: of their outlet, or with a visit of theirs that was not taken away."""
    if person.role != "technician":
        return not person.outlets or document["outlet_id"] in person.outlets
    if document["closed_at"] is not None:
        return False
    if not document["visits"]:
        return bool(document["opened_by"] == person.id)
    own = [visit for visit in document["visits"] if visit["technician_id"] == person.id]
    return any(visit["status"] not in GIVEN_UP or visit["arrived_at"] is not None for visit in own)


def _exact(device: Device, due: set[str], final: Final) -> Iterator[Violation]:
    who = f"{device.person.name} on {device.id[:8]}"
    yield from _cards(device, due, final)
    for job_id in due - device.documents.keys():
        yield Violation("c", f"job {job_id}", f"{who} does not have it")
    for job_id in device.documents.keys() - due:
        yield Violation("e", f"job {job_id}", f"{who} still has it")
    for job_id in due & device.documents.keys():
        if device.documents[job_id] != final.documents[job_id]:
            held = device.documents[job_id]["version"]
            yield Violation("c", f"job {job_id}", f"{who} has version {held} of {final.documents[job_id]['version']}")
    if device.digest is not None and device.digest != digest_of(device.documents | device.cards):
        yield Violation("c", who, "has another digest than the server says")
    for job_id in sorted(device.confirmed):
        if (device.id, job_id) in final.purges and not device.twin:
            yield Violation("e", f"job {job_id}", f"{who} said that it purged it and is still asked to")


def _cards(device: Device, due: set[str], final: Final) -> Iterator[Violation]:
    """Technicians hold the card of a site while they hold one of its jobs, and what lies in their van."""
    sites = {final.documents[job_id]["site_id"] for job_id in due} if device.person.role == "technician" else set()
    wanted = {site_id: card for site_id, card in final.cards.items() if site_id in sites}
    wanted |= {van["id"]: van for van in final.vans.values() if van["technician_id"] == device.person.id}
    who = f"{device.person.name} on {device.id[:8]}"
    for card_id in device.cards.keys() - wanted.keys():
        yield Violation("e", f"card {card_id}", f"{who} still has it")
    for card_id, card in wanted.items():
        if device.cards.get(card_id) != card:
            yield Violation("c", f"card {card_id}", f"{who} does not have it as it is")


def _on_record(device: Device, due: set[str], final: Final, life: int) -> Iterator[Violation]:
    """What lies in a drawer and is no longer for its owner is on the list of purges, as far as the server can know."""
    for job_id in device.documents.keys() - due:
        known = job_id in final.documents and not _was_never_told(device, final.documents[job_id], life)
        if known and (device.id, job_id) not in final.purges:
            yield Violation("e", f"job {job_id}", f"{device.person.name}'s lost phone holds it, and no list says so")

    sites = {final.documents[job_id]["site_id"] for job_id in due}
    for card_id in device.cards.keys() - sites - final.vans.keys():
        known = card_id in final.cards and device.heard_in[card_id] == life
        if known and (device.id, card_id) not in final.purges:
            yield Violation("e", f"card {card_id}", f"{device.person.name}'s lost phone holds it, and no list says so")


def _was_never_told(device: Device, document: Json, life: int) -> bool:
    """Whether the phone was given it in a life that was lost, and by what is left it never was for its owner."""
    given = any(visit["technician_id"] == device.person.id for visit in document["visits"])
    return device.heard_in[document["id"]] != life and not given and document["opened_by"] != device.person.id
