"""`python -m benchmarks.uploads`: how much 200 uploads at once slow a pull, as a ratio within one run.

Quiet and busy spells take turns: the uploading phones are one process that is stopped and let go on, so that whatever
else the machine does falls on both alike. A phone pulls one change again and again; the ratio is of the medians.
"""

import argparse
import asyncio
import base64
import contextlib
import hashlib
import io
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from urllib.parse import urlsplit

import uvloop
from PIL import Image

from benchmarks.company import Device, open_jobs, sign_in
from benchmarks.connection import ask, request
from benchmarks.server import started

SPELLS, SPELL_SECONDS = 8, 4.0
PIECE_BYTES = 16 * 1024
BETWEEN_PULLS_SECONDS = 0.005


async def measure(host: str, port: int, phones: int, kilobytes_per_second: int) -> float:
    """The median pull while uploads go on, as a multiple of the median without."""
    desk, phone = await sign_in(host, port, "dispatch.hz01"), await sign_in(host, port, "HZ0107")
    jobs = await open_jobs(desk, phone.member_id, 50)
    page = await ask(phone.connection, "/v1/sync/pull", {"cursor": None}, phone.token)
    pull = request("/v1/sync/pull", {"cursor": page["cursor"]}, phone.token)
    command = [sys.executable, "-m", "benchmarks.uploads", "--url", f"http://{host}:{port}", "--phones", str(phones)]
    told = ["--kilobytes-per-second", str(kilobytes_per_second), "--send-for", jobs[0][0], "--token", phone.token]
    with subprocess.Popen([*command, *told], stdout=subprocess.PIPE) as senders:  # noqa: ASYNC220, S603 (starts itself)
        assert senders.stdout is not None
        senders.stdout.readline()
        try:
            return await _compare(phone, pull, senders)
        finally:
            senders.send_signal(signal.SIGCONT)
            senders.terminate()
            print(senders.stdout.read().decode().strip(), flush=True)


async def _compare(phone: Device, pull: bytes, senders: "subprocess.Popen[bytes]") -> float:
    took: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * SPELLS):
        busy = number % 2 == 1
        senders.send_signal(signal.SIGCONT if busy else signal.SIGSTOP)
        await asyncio.sleep(0.3)
        took[busy] += await _pulls(phone, pull)
    quiet, busy_median = statistics.median(took[False]), statistics.median(took[True])
    for name, each in (("quiet", took[False]), ("uploading", took[True])):
        each.sort()
        p50, p90 = each[len(each) // 2] * 1000, each[len(each) * 9 // 10] * 1000
        print(f"{name:10} {len(each):6} pulls   p50 {p50:6.2f} ms   p90 {p90:6.2f} ms", flush=True)
    return busy_median / quiet


async def _pulls(phone: Device, pull: bytes) -> list[float]:
    took, until = [], time.perf_counter() + SPELL_SECONDS
    while (began := time.perf_counter()) < until:
        await phone.connection.send(pull)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(BETWEEN_PULLS_SECONDS)
    return took


async def send_all(host: str, port: int, job_id: str, token: str, phones: int, kilobytes_per_second: int) -> None:
    """As many phones as told, each one photo after another, until this process is ended."""
    os.nice(10)
    tally = {"photos": 0, "bytes": 0, "refused": 0}
    began = time.monotonic()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    pace = _Pace(kilobytes_per_second)
    sending = [
        asyncio.create_task(_send_on(host, port, job_id, token, number, pace, tally)) for number in range(phones)
    ]
    print("sending", flush=True)
    await ended.wait()
    for each in sending:
        each.cancel()
    print(f"{phones} phones sent {tally} within {time.monotonic() - began:.0f} s of the clock", flush=True)


class _Pace:
    """How fast each phone's signal is; zero: as fast as the machine."""

    def __init__(self, kilobytes_per_second: int) -> None:
        """The same for all phones."""
        self.bytes_per_second = kilobytes_per_second * 1000

    async def after(self, sent_bytes: int) -> None:
        """Wait as long as that many bytes are on the air."""
        await asyncio.sleep(sent_bytes / self.bytes_per_second if self.bytes_per_second else 0)


async def _send_on(
    host: str, port: int, job_id: str, token: str, number: int, pace: _Pace, tally: dict[str, int]
) -> None:
    chance, head = random.Random(number), _photo()
    while True:
        content = head + chance.randbytes(chance.randint(1_000_000, 5_000_000))
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            status = await _send(host, port, job_id, token, content, pace, tally)
            tally["photos" if status == 204 else "refused"] += 1


async def _send(
    host: str, port: int, job_id: str, token: str, content: bytes, pace: _Pace, tally: dict[str, int]
) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        told = {"digest": hashlib.sha256(content).hexdigest(), "job_id": job_id}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        head = f"Host: benchmark\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n"
        begin = f"POST /v1/uploads HTTP/1.1\r\n{head}Upload-Length: {len(content)}\r\nUpload-Metadata: {metadata}\r\n"
        writer.write(f"{begin}Content-Length: 0\r\n\r\n".encode())
        status, headers = await _answer(reader)
        if status != 201:
            await asyncio.sleep(1)
            return status
        piece = f"PATCH {headers['location']} HTTP/1.1\r\n{head}Upload-Offset: 0\r\nContent-Length: {len(content)}\r\n"
        writer.write(f"{piece}Content-Type: application/offset+octet-stream\r\n\r\n".encode())
        for start in range(0, len(content), PIECE_BYTES):
            part = content[start : start + PIECE_BYTES]
            writer.write(part)
            await writer.drain()
            tally["bytes"] += len(part)
            await pace.after(len(part))
        return (await _answer(reader))[0]
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    await reader.readexactly(int(headers.get("content-length", 0)))
    return int(lines[0].split()[1]), headers


def _photo() -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (64, 48), os.urandom(64 * 48 * 3)).save(out, "JPEG")
    return out.getvalue()


def main() -> None:
    """Parse, start a server when none is named, measure; or be the phones that upload."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a running server with the sample company")
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--kilobytes-per-second", type=int, default=100, help="of each phone; 0: no limit")
    parser.add_argument("--send-for", help=argparse.SUPPRESS)
    parser.add_argument("--token", help=argparse.SUPPRESS)
    told = parser.parse_args()
    uvloop.install()
    with contextlib.ExitStack() as stack:
        where = urlsplit(told.url or stack.enter_context(started()))
        host, port = where.hostname or "127.0.0.1", where.port or 80
        if told.send_for:
            asyncio.run(send_all(host, port, told.send_for, told.token, told.phones, told.kilobytes_per_second))
            return
        ratio = asyncio.run(measure(host, port, told.phones, told.kilobytes_per_second))
    print(f"a pull takes {ratio:.2f} times as long while {told.phones} uploads go on", flush=True)


if __name__ == "__main__":
    main()
