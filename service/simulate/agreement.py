"""Whether the server tells the same story as the phones: times, money, documents."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from service.simulate.day import Day, Technician
from service.simulate.ledger import Json
from service.simulate.session import Session

CLOSE = timedelta(seconds=2)
MONEY = {"charged": "total_fen", "paid": "amount_fen"}


def of_times(day: Day, logs: Mapping[str, list[Json]]) -> list[str]:
    """Each step's corrected time against the moment when it was taken, whatever its phone's clock said."""
    problems: list[str] = []
    for fact in (fact for log in logs.values() for fact in log):
        entry = day.ledger.entries.get(fact["id"])
        if entry is not None and abs(datetime.fromisoformat(fact["corrected_at"]) - entry.true_at) > CLOSE:
            problems.append(f"{entry.kind} by {entry.by} at {entry.true_at}: the log says {fact['corrected_at']}")
    return problems


def of_money(day: Day, jobs: Mapping[str, Json]) -> list[str]:
    """Job by job, what phones charged and were paid, less what was taken back, against the document."""
    counted = [entry for entry in day.ledger.entries.values() if entry.outcome != "refused"]
    taken_back = {entry.fact[entry.kind]["fact_id"] for entry in counted if entry.kind == "fact_retracted"}
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in counted:
        field = MONEY.get(entry.kind)
        if field is not None and entry.fact["id"] not in taken_back:
            sums[entry.fact["job_id"]][f"{entry.kind}_fen"] += entry.fact[entry.kind][field]
    return [
        f"job {job['number']}: {name} is {job['money'][name]}, the phones say {sums[job_id][name]}"
        for job_id, job in jobs.items()
        for name in ("charged_fen", "paid_fen")
        if job["money"][name] != sums[job_id][name]
    ]


async def of_documents(technician: Technician) -> list[str]:
    """A last sync, and then what the phone holds against what a new phone of its owner would be given."""
    phone = technician.phone
    synced = await phone.sync()
    whole = await phone.whole_scope()
    jobs = whole["jobs"]
    problems = [] if synced.through and not phone.outbox else [f"{phone.name}: {len(phone.outbox)} facts never got out"]
    if phone.jobs != jobs:
        wrong = {job_id for job_id in phone.jobs.keys() | jobs.keys() if phone.jobs.get(job_id) != jobs.get(job_id)}
        problems.append(f"{phone.name}: {len(wrong)} jobs on the phone differ from the server's: {sorted(wrong)[:3]}")
    others = ("sites", "site cards"), ("vans", "parts in the van")
    problems += [
        f"{phone.name}: the {name} on the phone differ from the server's"
        for kind, name in others
        if phone.held[kind] != whole[kind]
    ]
    return problems + await _same_reads(phone.session, phone.jobs, phone.name)


async def _same_reads(session: Session, jobs: Mapping[str, Json], name: str) -> list[str]:
    """What the phone holds is what a read of the job answers."""
    read = {job_id: await session.call("GET", f"/v1/jobs/{job_id}") for job_id in jobs}
    return [
        f"{name}: job {job_id} reads otherwise than it was pulled" for job_id in jobs if read[job_id] != jobs[job_id]
    ]
