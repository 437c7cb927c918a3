"""What is left on the server in memory, in the form that the checker reads."""

from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from tests.simulation.ledger import Json
from tests.simulation.memory_data import Held, Stored
from tests.simulation.orders import refolded
from tests.simulation.port import Final

if TYPE_CHECKING:
    from tests.simulation.memory_server import MemoryServer


def final(server: "MemoryServer") -> Final:
    """Everything as plain JSON."""
    jobs, held = server.data.jobs, server.data.held.values()
    chance = Random(server.newest)
    return Final(
        facts={str(job_id): _log(stored) for job_id, stored in jobs.items()},
        documents={str(job_id): msgspec.json.decode(stored.body) for job_id, stored in jobs.items()},
        refolded={str(job_id): refolded(job_id, stored.log, chance) for job_id, stored in jobs.items()},
        quarantine=[_held(each) for each in held],
        cases=[{"id": str(each.case_id), "state": each.state, "text": each.reason} for each in held],
        purges=_outstanding(server),
    )


def _log(stored: Stored) -> list[Json]:
    return [
        {
            "log_number": fact.log_number,
            "device_id": str(fact.device_id),
            "author_id": str(fact.author_id),
            "corrected_at": fact.corrected_at.isoformat(),
            "recorded_at": fact.recorded_at.isoformat(),
            "grade": fact.grade.value,
            "record": msgspec.json.decode(record),
        }
        for fact, record in zip(stored.log, stored.records, strict=True)
    ]


def _held(held: Held) -> Json:
    record: Any = msgspec.json.decode(held.record)
    case_id, fact_id = str(held.case_id), None if held.fact_id is None else str(held.fact_id)
    return {"case_id": case_id, "fact_id": fact_id, "reason": held.reason, "state": held.state, "record": record}


def _outstanding(server: "MemoryServer") -> set[tuple[str, str]]:
    """Phones that were enrolled before a withdrawal, are not revoked, and have not answered since."""
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
        and server.data.confirmed.get((device_id, job_id), 0) < row.xid
    }
