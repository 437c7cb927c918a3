"""The sample company with everybody at hand: a test says who asks, and for what."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response

from service.database import Database
from service.running.sample_company import open_desk
from service.seed.sample import SeedCard

DISPATCHER = "dispatch.hz01"
SUPERVISOR = "supervisor.hz01"
ELSEWHERE = "dispatch.sz01"
ADMIN = "admin"
AUDITOR = "auditor"
TECHNICIAN = "HZ0107"


@dataclass
class Desk:
    """HTTP as any member of the sample company, or of another organisation, by login."""

    client: AsyncClient
    database: Database
    card: SeedCard
    tokens: dict[str, str] = field(default_factory=dict)
    signing_in: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(
        self,
        login: str,
        method: str,
        path: str,
        *,
        version: int | None = None,
        json: object = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The answer to `login`, whose change was made from `version`."""
        sent = {"Authorization": f"Bearer {await self._token(login)}", **(headers or {})}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        return await self.client.request(method, path, headers=sent, json=json, params=params)

    async def headers(self, login: str) -> dict[str, str]:
        """What a request of a test's own making needs."""
        return {"Authorization": f"Bearer {await self._token(login)}"}

    def member_id(self, login: str) -> UUID:
        return self.card.login(login).member_id

    async def _token(self, login: str) -> str:
        """A token that whoever asks at the same moment shares, and nobody uses before its device is stored."""
        async with self.signing_in:
            if login not in self.tokens:
                async with self.database.transaction() as db:
                    token = await open_desk(db, login)
                self.tokens[login] = token
        return self.tokens[login]


async def every_page(desk: Desk, login: str, path: str, **parameters: str | int) -> list[dict[str, Any]]:
    """The whole list, three at a time."""
    items: list[dict[str, Any]] = []
    asked: dict[str, str | int] = {**parameters, "limit": 3}
    while True:
        page = (await desk.ask(login, "GET", path, params=asked)).json()
        items += page["items"]
        if not page["has_more"]:
            assert page["next_cursor"] is None
            return items
        asked["cursor"] = page["next_cursor"]
