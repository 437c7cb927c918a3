"""Purges on the server in memory: which of them were confirmed, and which are still due."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING
from uuid import UUID

from tests.simulation.memory_pull import Snapshot

if TYPE_CHECKING:
    from tests.simulation.memory_server import MemoryServer


def confirm(server: "MemoryServer", device_id: UUID, purged: Sequence[UUID], heard: Snapshot) -> None:
    """The device holds these no more; nobody confirms the purge of what was withdrawn after all that they heard."""
    for scope, job_id in product(server.scopes(device_id), purged):
        row = server.data.audience.get((scope, job_id))
        if row is not None and not row.visible and heard.sees(row.xid):
            server.data.confirmed[device_id, job_id] = row.xid


def outstanding(server: "MemoryServer") -> set[tuple[str, str]]:
    """Phones that were enrolled before a withdrawal, are not revoked, and have not answered it."""
    phones = [
        (device_id, UUID(person.id), born)
        for device_id, (person, born) in server.devices.items()
        if person.role == "technician" and device_id not in server.revoked
    ]
    return {
        (str(device_id), str(job_id))
        for device_id, member_id, born in phones
        for (scope, job_id), row in server.data.audience.items()
        if scope == member_id
        and not row.visible
        and born < row.xid
        and server.data.confirmed.get((device_id, job_id)) != row.xid
    }
