"""`python -m benchmarks [--url http://127.0.0.1:8000]`: without a URL it starts a server of its own on fresh data.

Load generator, server and database share the machine: compare figures of one run with each other.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import uuid4

import uvloop

from benchmarks import fold
from benchmarks.company import Device, batches, open_jobs, sign_in, together
from benchmarks.connection import ask, request
from benchmarks.server import started

DOCUMENTS = 2000
SETTLE_SECONDS = 15


async def measure(host: str, port: int, seconds: float) -> None:
    """Every figure, in one run."""
    desk = await sign_in(host, port, "dispatch.hz01")
    technician = await sign_in(host, port, "HZ0107")
    jobs = await open_jobs(desk, technician.member_id, DOCUMENTS)
    devices = await together(*(sign_in(host, port, "HZ0107") for _ in range(64)))
    # The planner knows tables that autovacuum has seen; an installation is older than this benchmark's data.
    await asyncio.sleep(SETTLE_SECONDS)
    await _bootstrap(technician)
    behind = [await _cursor(device) for device in devices]
    note = {"facts": [_note(jobs[0][0])]}
    await ask(desk.connection, "/v1/sync/push", note, desk.token)
    for count in (1, 16, 64):
        await _pulls(f"delta pull, {count} devices", devices[:count], behind, seconds)
    now = [await _cursor(device) for device in devices[:32]]
    await _pulls("empty pull, 32 devices", devices[:32], now, seconds)
    await _pushes(desk, devices[:1], 20, "push, 1 device")
    # Others than the one before: it has counted these numbers, and would look like a clone of itself.
    await _pushes(desk, devices[1:17], 4, "push, 16 devices")


async def _bootstrap(device: Device) -> None:
    for name, gzip in (("plain", False), ("gzip", True)):
        sent = request("/v1/sync/pull", {"limit": DOCUMENTS}, device.token, gzip=gzip)
        body = await device.connection.send(sent)
        took = []
        for _ in range(10):
            started = time.perf_counter()
            body = await device.connection.send(sent)
            took.append(time.perf_counter() - started)
        _say(
            f"bootstrap of {DOCUMENTS} jobs, {name:5}   {DOCUMENTS / statistics.median(took):>10,.0f} documents/s"
            f"   {len(body):>9,} bytes   {statistics.median(took) * 1000:.1f} ms"
        )


async def _cursor(device: Device) -> str:
    cursor = None
    while True:
        page = await ask(device.connection, "/v1/sync/pull", {"cursor": cursor, "limit": DOCUMENTS}, device.token)
        cursor = page["cursor"]
        if not page["more"]:
            return str(cursor)


async def _pulls(name: str, devices: Sequence[Device], cursors: Sequence[str], seconds: float) -> None:
    """Each device asks from its own cursor, again as soon as it was answered."""
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def device_loop(device: Device, cursor: str) -> None:
        sent = request("/v1/sync/pull", {"cursor": cursor}, device.token)
        while (started := time.perf_counter()) < until:
            await device.connection.send(sent)
            took.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*map(device_loop, devices, cursors))
    rate = len(took) / (time.perf_counter() - started)
    took.sort()
    p50, p99 = took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000
    _say(f"{name:32} {rate:>10,.0f} pulls/s       p50 {p50:6.2f} ms   p99 {p99:6.2f} ms")


async def _pushes(desk: Device, devices: Sequence[Device], rounds: int, name: str) -> None:
    """Batches of 200 facts over 50 jobs, prepared before and sent one after another; looked at when the time is up.

    The first of each device is told apart: it may meet a worker that has not prepared its statements yet.
    """
    ready: list[list[bytes]] = []
    for device in devices:
        made = await open_jobs(desk, device.member_id, 50 * rounds)
        ready.append([request("/v1/sync/push", {"facts": batch}, device.token) for batch in batches(made)])
    took: list[float] = []
    answers: list[bytes] = []

    async def device_loop(device: Device, sent: list[bytes]) -> None:
        for each in sent:
            started = time.perf_counter()
            answers.append(await device.connection.send(each))
            took.append(time.perf_counter() - started)

    await asyncio.gather(*(device_loop(device, sent[:1]) for device, sent in zip(devices, ready, strict=True)))
    first_ms, took = max(took) * 1000, []
    started = time.perf_counter()
    await asyncio.gather(*(device_loop(device, sent[1:]) for device, sent in zip(devices, ready, strict=True)))
    rate = 200 * len(took) / (time.perf_counter() - started)
    outcomes = {outcome["outcome"] for answer in answers for outcome in json.loads(answer)["outcomes"]}
    if outcomes != {"recorded"}:
        raise RuntimeError(f"expected every fact recorded, got {outcomes}")
    p50_ms = statistics.median(took) * 1000
    _say(f"{name:32} {rate:>10,.0f} facts/s       p50 {p50_ms:6.2f} ms a batch of 200, the first {first_ms:.0f} ms")


def _say(line: str) -> None:
    print(line, flush=True)


def _note(job_id: str) -> dict[str, object]:
    return {"id": str(uuid4()), "job_id": job_id, "happened_at": "2025-07-01T00:00:00Z", "note_added": {"text": "改约"}}


def main() -> None:
    """Parse, start a server when none is named, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a running server with the sample company")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each pull figure is measured")
    arguments = parser.parse_args()
    uvloop.install()
    fold.measure(_say)
    if arguments.url:
        where = urlsplit(arguments.url)
        asyncio.run(measure(where.hostname or "127.0.0.1", where.port or 80, arguments.seconds))
        return
    with started() as url:
        where = urlsplit(url)
        asyncio.run(measure(where.hostname or "127.0.0.1", where.port or 80, arguments.seconds))


if __name__ == "__main__":
    main()
