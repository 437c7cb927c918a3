"""What tests of webhooks do again and again: make one, let things happen, let a crew deliver, let time go by."""

from typing import Any
from uuid import UUID, uuid4

from httpx import AsyncClient, Response
from msgspec import Struct

from service.database import Database
from service.settings import Settings
from service.webhooks.delivering import DELIVERING
from service.webhooks.rounds import send_out
from service.work.crew import Crew
from tests.builders.fleet import CHECK_IN
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone, job_opened, visit_planned

PATIENCE = "UPDATE {} SET due_at = now() - interval '1 second' WHERE due_at > now()"
DAY = ("visit_accepted", "departed", "arrived", "checked_in", "work_started")
TOLD_OF_A_DAY = (
    *("job.opened", "visit.planned", "visit.accepted", "visit.travelling", "visit.arrived"),
    *("visit.checked_in", "visit.working"),
)


class WebhookDesk(Struct):
    """An admin, a dispatcher and a technician of one organisation."""

    client: AsyncClient
    database: Database
    organisation: Organisation
    admin: Person

    async def create(self, url: str, **content: Any) -> dict[str, Any]:
        answer = await self.post("", {"url": url, **content})
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def post(self, path: str, body: dict[str, Any]) -> Response:
        return await self.client.post(f"/v1/webhooks{path}", json=body, headers=self.admin.headers)

    async def put(self, webhook: dict[str, Any], **content: Any) -> Response:
        headers = {**self.admin.headers, "if-match": f'"{webhook["version"]}"'}
        return await self.client.put(f"/v1/webhooks/{webhook['id']}", json=content, headers=headers)

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/{path}", params=query, headers=self.admin.headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def a_day(self, jobs: int = 1, *, done: tuple[str, ...] = DAY) -> list[UUID]:
        """Jobs opened and planned by the desk, then worked at by a phone that pushes once in the evening."""
        desk, phone = Phone(self.client, self.organisation.dispatcher), Phone(self.client, self.organisation.technician)
        made = [(uuid4(), uuid4()) for _ in range(jobs)]
        # Of no length: hours that overlap would be a case.
        plan = visit_planned(self.organisation.technician.actor.member_id, minutes=0)
        opening = job_opened(self.organisation.outlet_id)
        await desk.push(
            *(desk.fact(job_id, "job_opened", opening) for job_id, _ in made),
            *(desk.fact(job_id, "visit_planned", plan, visit_id=visit_id) for job_id, visit_id in made),
        )
        await phone.push(
            *(
                phone.fact(job_id, kind, CHECK_IN if kind == "checked_in" else {}, visit_id=visit_id, base_version=2)
                for job_id, visit_id in made
                for kind in done
            )
        )
        return [job_id for job_id, _ in made]

    def crew(self, *, private: bool = True) -> Crew:
        return Crew(self.database, Settings(private_webhooks=private), [DELIVERING], [send_out])

    async def deliver(self, *, private: bool = True) -> None:
        """Whatever is due now."""
        crew = self.crew(private=private)
        await crew.look()
        await crew.idle()
        await crew.look()
        await crew.idle()

    async def time_goes_by(self) -> None:
        """To the next attempt of everything."""
        for table in ("deliveries", "webhooks"):
            await self.database.pull_pool.execute(PATIENCE.format(table))

    async def crews_are_killed(self) -> None:
        """What they held is missed at once."""
        await self.database.pull_pool.execute(PATIENCE.format("tasks"))
