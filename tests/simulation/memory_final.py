"""What is left on the server in memory, in the form that the checker reads."""

from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from tests.simulation.ledger import Json
from tests.simulation.memory_data import Held, Stored
from tests.simulation.memory_purges import outstanding
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
        purges=outstanding(server),
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
