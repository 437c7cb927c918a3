"""A company under load: devices that are signed in, jobs of about 2.2 kB, batches of facts ready to be sent."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from benchmarks.connection import Connection, ask, connect

ORGANISATION, PASSWORD = "anxin", "onsite-demo-2025"
TECHNICIANS = ("HZ0107", "HZ0112", "HZ0115")
NOW = datetime.now(UTC)
SYMPTOM = "客厅空调不制冷，室外机有异响，已运行两年；上次清洗在去年夏天。顾客希望上午上门，楼下有门禁，请先电话联系。"


class Device(NamedTuple):
    """A signed-in device with a connection of its own."""

    connection: Connection
    token: str
    member_id: str
    outlet_id: str


async def sign_in(host: str, port: int, login: str) -> Device:
    """A new device of the member."""
    connection = await connect(host, port)
    wanted = {"organisation": ORGANISATION, "login": login, "password": PASSWORD, "device_name": "benchmark"}
    session = await ask(connection, "/v1/sessions", wanted)
    member = session["member"]
    return Device(connection, session["access_token"], member["id"], member["outlet_ids"][0])


async def open_jobs(desk: Device, technician_id: str, count: int) -> list[tuple[str, str]]:
    """Open and plan jobs for the technician, 100 to a push; answers (job, visit) ids."""
    made = [(str(uuid4()), str(uuid4())) for _ in range(count)]
    for start in range(0, count, 100):
        facts = [
            fact
            for number, ids in enumerate(made[start : start + 100])
            for fact in _opened(desk, technician_id, start + number, *ids)
        ]
        await ask(desk.connection, "/v1/sync/push", {"facts": facts}, desk.token)
    return made


def batches(jobs: list[tuple[str, str]], per_batch: int = 50) -> list[list[dict[str, Any]]]:
    """A morning at each door, 4 facts for each of 50 jobs: accepted, departed, arrived, checked in."""
    seq = 0
    made = []
    for start in range(0, len(jobs), per_batch):
        batch = []
        for job_id, visit_id in jobs[start : start + per_batch]:
            for minute, (kind, body) in enumerate(_MORNING):
                seq += 1
                batch.append(_fact(job_id, visit_id, seq, minute, {kind: body}))
        made.append(batch)
    return made


async def together(*devices: Any) -> list[Any]:
    """Run side by side, four at a time (each sign-in hashes a password)."""
    gate = asyncio.Semaphore(4)

    async def one(device: Any) -> Any:
        async with gate:
            return await device

    return list(await asyncio.gather(*(one(device) for device in devices)))


def _opened(desk: Device, technician_id: str, number: int, job_id: str, visit_id: str) -> list[dict[str, Any]]:
    begins = NOW + timedelta(days=1 + number // 8, hours=number % 8)
    opened = {"outlet_id": desk.outlet_id, "work_type": "repair", "symptom": SYMPTOM, "warranty": "covered_whole"}
    planned = {
        "technician_id": technician_id,
        "window_start": begins.isoformat(),
        "window_end": (begins + timedelta(hours=2)).isoformat(),
        "work_start": begins.isoformat(),
        "work_end": (begins + timedelta(hours=1)).isoformat(),
    }
    return [
        _fact(job_id, None, None, 0, {"job_opened": opened}, base=0),
        _fact(job_id, visit_id, None, 1, {"visit_planned": planned}, base=1),
    ]


def _fact(
    job_id: str, visit_id: str | None, seq: int | None, minute: int, body: dict[str, Any], base: int = 2
) -> dict[str, Any]:
    envelope = {"id": str(uuid4()), "job_id": job_id, "visit_id": visit_id, "seq": seq, "base_version": base}
    return {**envelope, "happened_at": (NOW - timedelta(minutes=30 - minute)).isoformat(), **body}


_MORNING: list[tuple[str, dict[str, Any]]] = [
    ("visit_accepted", {}),
    ("departed", {}),
    (
        "arrived",
        {
            "evidence": "position",
            "position": {"latitude": 30.27, "longitude": 120.15, "accuracy_metres": 12, "coordinate_system": "gcj02"},
        },
    ),
    (
        "checked_in",
        {
            "uniform": {"code": "uniform", "result": "pass"},
            "badge": {"code": "badge", "result": "pass"},
            "badge_number": "HZ0107",
        },
    ),
]
