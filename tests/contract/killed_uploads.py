"""Uploads by the official tus client, killed at random points, client and server: do they end byte-identical?

`python -m tests.contract.killed_uploads --uploads 100 --seed 1` starts a server of its own and tells what happened.
"""

import argparse
import asyncio
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from msgspec import Struct

from tests.builders.phone import START, job_opened, visit_planned
from tests.builders.sending import photo
from tests.contract.serving import demo
from tests.processes.installations import PATIENCE_SECONDS
from tests.processes.workers import rested

AT_ONCE = 4
MOST_KILLS = 3
NEW_TOKEN_AFTER_SECONDS = 300
WORKER_KILLS_APART_SECONDS = 8.0


class Tally(Struct):
    """What happened until now."""

    uploads: int = 0
    bytes_sent: int = 0
    clients_killed: int = 0
    resumed: int = 0
    workers_killed: int = 0


class Play:
    """One run: everything drawn from one seed, files and moments alike."""

    def __init__(self, url: str, server_pid: int, client: Path, folder: Path, seed: int) -> None:
        self.url, self.server_pid, self.client, self.folder = url, server_pid, client, folder
        self.random, self.tally = random.Random(seed), Tally()  # noqa: S311 (drawn from a seed on purpose)
        self.http = httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS)
        self.job_id = str(uuid4())
        self._signed_in_at, self._token_now = float("-inf"), ""

    async def run(self, uploads: int, megabytes: tuple[int, int]) -> Tally:
        """Raises AssertionError where a file did not end as it was."""
        await self._open_job()
        gate, sizes = asyncio.Semaphore(AT_ONCE), [self._size(megabytes) for _ in range(uploads)]
        killing = asyncio.create_task(self._kill_workers())

        async def one(number: int, size_bytes: int) -> None:
            async with gate:
                await self._upload(number, size_bytes)

        try:
            await asyncio.gather(*(one(number, size) for number, size in enumerate(sizes)))
        finally:
            killing.cancel()
            await self.http.aclose()
        return self.tally

    def _size(self, megabytes: tuple[int, int]) -> int:
        return self.random.randint(megabytes[0] * 1_000_000, megabytes[1] * 1_000_000)

    async def _upload(self, number: int, size_bytes: int) -> None:
        beginning = photo()
        content = beginning + self.random.randbytes(size_bytes - len(beginning))
        digest, path = sha256(content).hexdigest(), self.folder / f"{number}.jpg"
        path.write_bytes(content)
        for kill in range(self.random.randint(1, MOST_KILLS)):
            # The first of all in its midst, so that even a short run has gone on with something.
            kill_at = size_bytes // 2 if number == kill == 0 else self.random.randint(0, size_bytes)
            if await self._try(number, path, digest, kill_at, kill):
                break
        else:
            assert await self._try(number, path, digest, None, MOST_KILLS), "the last try was not killed, and failed"
        headers = {"Authorization": f"Bearer {await self._token()}"}
        answer = await self._asked("GET", f"/v1/attachments/{digest}", headers=headers)
        assert (answer.status_code, answer.content == content) == (200, True), (number, answer.status_code)
        path.unlink()
        self.tally.uploads += 1
        self.tally.bytes_sent += size_bytes

    async def _try(self, number: int, path: Path, digest: str, kill_at: int | None, kill: int) -> bool:
        """Whether the client came to its end before it was killed."""
        told = {
            "url": self.url,
            "token": await self._token(),
            "path": str(path),
            "urls": str(self.folder / f"{number}.urls.json"),
            "killAt": kill_at,
            "chunkSize": (None, 1_000_000, 3_333_333)[number % 3],
            "metadata": {"digest": digest, "job_id": self.job_id, "filename": path.name, "filetype": "image/jpeg"},
        }
        process = await asyncio.create_subprocess_exec(
            "node", "upload.mjs", json.dumps(told), cwd=self.client, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        last = ""
        async for line in process.stdout:
            last = line.decode().strip()
        done, status = last.startswith("done"), await process.wait()
        assert status == (0 if done else -signal.SIGKILL), (number, kill, last)
        self.tally.clients_killed += not done
        self.tally.resumed += last == "done 1"
        return done

    async def _kill_workers(self) -> None:
        while True:
            await asyncio.sleep(WORKER_KILLS_APART_SECONDS + self.random.random() * 4)
            if found := rested(self.server_pid):
                self.random.choice(found).kill()
                self.tally.workers_killed += 1

    async def _token(self) -> str:
        """Of the technician; a new one now and then, since none lasts ten minutes."""
        if time.monotonic() - self._signed_in_at > NEW_TOKEN_AFTER_SECONDS:
            self._token_now = (await self._sign_in("HZ0107"))["access_token"]
            self._signed_in_at = time.monotonic()
        return self._token_now

    async def _sign_in(self, login: str) -> dict[str, Any]:
        wanted = {"organisation": "anxin", "login": login, "password": "onsite-demo-2025", "device_name": "tus"}
        session: dict[str, Any] = (await self._asked("POST", "/v1/sessions", json=wanted)).json()
        return session

    async def _asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer, also when a worker was killed meanwhile."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with suppress(httpx.TransportError):
                    answer = await self.http.request(method, path, **more)
                    if answer.status_code < 500:
                        return answer
                await asyncio.sleep(0.5)

    async def _open_job(self) -> None:
        desk = await self._sign_in("dispatch.hz01")
        technician = await self._sign_in("HZ0107")
        visit_id = str(uuid4())
        facts: list[dict[str, Any]] = [
            {"job_opened": job_opened(UUID(desk["member"]["outlet_ids"][0]))},
            {"visit_planned": visit_planned(UUID(technician["member"]["id"])), "visit_id": visit_id, "base_version": 1},
        ]
        envelope = {"job_id": self.job_id, "happened_at": START.isoformat(), "base_version": 0}
        sent = {"facts": [{"id": str(uuid4()), **envelope, **fact} for fact in facts]}
        headers = {"Authorization": f"Bearer {desk['access_token']}"}
        answer = await self._asked("POST", "/v1/sync/push", json=sent, headers=headers)
        assert [each["outcome"] for each in answer.json()["outcomes"]] == ["recorded", "recorded"], answer.text


def main() -> int:
    """Parse, play, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=100)
    parser.add_argument("--megabytes", type=int, nargs=2, default=(1, 20), metavar=("FROM", "TO"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--client", type=Path, help="a folder with tests/contract/tus and its packages")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        client = told.client or _installed(Path(folder) / "client")
        tally = play(Path(folder), client, told.uploads, tuple(told.megabytes), told.seed)
    print(f"seed {told.seed}: {tally}")  # noqa: T201 (a command's result)
    return 0


def play(folder: Path, client: Path, uploads: int, megabytes: tuple[int, int], seed: int) -> Tally:
    """On a server of its own."""
    data = folder / "data"
    data.mkdir()
    with demo(data) as (url, server):
        return asyncio.run(Play(url, server.pid, client, folder, seed).run(uploads, megabytes))


def _installed(folder: Path) -> Path:
    shutil.copytree(Path(__file__).with_name("tus"), folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
