"""A phone in a test: it keeps its own counter, what it recorded, and where it stands."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from httpx import AsyncClient, Response

from tests.builders.organisations import Person

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=8)


class Phone:
    """Records facts and syncs them over HTTP, as an app would."""

    def __init__(self, client: AsyncClient, person: Person) -> None:
        self.client, self.person = client, person
        self.seq = 0
        self.cursor: str | None = None
        self.jobs: dict[str, Any] = {}
        self.sites: dict[str, Any] = {}
        self.vans: dict[str, Any] = {}

    def fact(
        self,
        job_id: UUID | str,
        kind: str,
        body: dict[str, Any],
        *,
        visit_id: UUID | str | None = None,
        minute: int = 0,
        **more: Any,
    ) -> dict[str, Any]:
        """The next fact of this phone, `minute` minutes into the day."""
        self.seq += 1
        known = self.jobs.get(str(job_id), {})
        return {
            "id": str(uuid4()),
            "job_id": str(job_id),
            "visit_id": None if visit_id is None else str(visit_id),
            "seq": self.seq,
            "happened_at": (START + timedelta(minutes=minute)).isoformat(),
            "base_version": known.get("version", 0),
            kind: body,
            **more,
        }

    async def push(self, *facts: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Push, and take in what the answer says."""
        now = datetime.now(UTC).isoformat()
        sent = {"device_clock": now, "facts": facts, "purged_cursor": self.cursor, **more}
        answer = await self.client.post("/v1/sync/push", json=sent, headers=self.person.headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        self.jobs.update({job["id"]: job for job in body["jobs"]})
        return body

    async def pull(self, **more: Any) -> dict[str, Any]:
        """One page."""
        answer = await self.ask(**more)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        if body["reset"] and self.cursor is None:
            self.jobs, self.sites, self.vans = {}, {}, {}
        self.jobs.update({job["id"]: job for job in body["jobs"]})
        self.sites.update({card["id"]: card for card in body["sites"]})
        self.vans.update({van["id"]: van for van in body["vans"]})
        for gone in body["withdrawn"]:
            self.jobs.pop(gone["id"], None)
            self.sites.pop(gone["id"], None)
        self.cursor = body["cursor"]
        return body

    async def ask(self, **more: Any) -> Response:
        """A pull from where the phone stands, answered as it comes."""
        return await self.client.post(
            "/v1/sync/pull", json={"cursor": self.cursor, **more}, headers=self.person.headers
        )


def job_opened(outlet_id: UUID, **more: Any) -> dict[str, Any]:
    """A paid repair unless told otherwise."""
    return {"outlet_id": str(outlet_id), "work_type": "repair", "symptom": "不制冷", "warranty": "paid", **more}


def visit_planned(technician_id: UUID, minute: int = 60, minutes: int = 60, **more: Any) -> dict[str, Any]:
    """An hour of work an hour into the day."""
    begins, ends = START + timedelta(minutes=minute), START + timedelta(minutes=minute + minutes)
    window = {"window_start": begins.isoformat(), "window_end": (begins + timedelta(hours=2)).isoformat()}
    work = {"work_start": begins.isoformat(), "work_end": ends.isoformat()}
    return {"technician_id": str(technician_id), **window, **work, **more}
