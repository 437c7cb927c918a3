"""Signed in: one member on one device, who renews the access token and repeats what got no answer."""

import asyncio
from uuid import UUID

import httpx

from service.simulate.ledger import Json

ATTEMPTS, RETURNS = 3, 10


class UnexpectedAnswerError(Exception):
    """The server answered what the play did not foresee."""


class Session:
    """A pair of tokens and the way to the server."""

    def __init__(self, client: httpx.AsyncClient, signed_in: Json) -> None:
        self.client = client
        self._keep(signed_in)

    @property
    def member_id(self) -> str:
        """Who is signed in."""
        return str(self.member["id"])

    async def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> Json:
        """The decoded answer. Raises httpx.TransportError without one, UnexpectedAnswerError when it is a problem."""
        answer = await self.ask(method, path, body, **headers)
        if answer.status_code >= 400:
            raise UnexpectedAnswerError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return _json(answer)

    async def ask(self, method: str, path: str, body: Json | None = None, **headers: str) -> httpx.Response:
        """The answer as it comes; an access token that has expired is renewed first."""
        answer = await self._send(method, path, body, headers)
        if answer.status_code == 401 and answer.json()["code"] == "token_expired":
            await self.refresh()
            answer = await self._send(method, path, body, headers)
        return answer

    async def refresh(self) -> None:
        """Renew both tokens. Without an answer the same token is sent again: it has the same successor."""
        self._keep(await repeat(self.client, "/v1/sessions/refresh", {"refresh_token": self._refresh_token}))

    async def pages(self, path: str, **query: str) -> list[Json]:
        """Every item of a list."""
        items: list[Json] = []
        cursor: str | None = None
        while True:
            asked = httpx.QueryParams({**query, "limit": "200", **({"cursor": cursor} if cursor else {})})
            page = await self.call("GET", f"{path}?{asked}")
            items += page["items"]
            if not page["has_more"]:
                return items
            cursor = page["next_cursor"]

    async def _send(self, method: str, path: str, body: Json | None, headers: dict[str, str]) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = {"Authorization": f"Bearer {self._access_token}", **named}
        return await _sent(self.client, method, path, body, signed)

    def _keep(self, signed_in: Json) -> None:
        self.member: Json = signed_in["member"]
        self.device_id: str = signed_in["device_id"]
        self._access_token: str = signed_in["access_token"]
        self._refresh_token: str = signed_in["refresh_token"]


async def sign_in(client: httpx.AsyncClient, organisation: str, login: str, password: str) -> Session:
    """A desk, with a password."""
    who = {"organisation": organisation, "login": login, "password": password, "device_name": "simulation"}
    return Session(client, await repeat(client, "/v1/sessions", who))


async def enrol(client: httpx.AsyncClient, organisation: str, code: str, device_id: UUID, name: str) -> Session:
    """A phone, with the one-time code that a desk made for its owner."""
    phone = {"device_id": str(device_id), "device_name": name, "platform": "simulation", "app_version": "1.0.0"}
    return Session(
        client, await repeat(client, "/v1/enrolments", {"organisation": organisation, "code": code, **phone})
    )


async def repeat(client: httpx.AsyncClient, path: str, body: Json) -> Json:
    """Send until there is an answer: all ways to sign in bear to be repeated."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            answer = await _sent(client, "POST", path, body, {})
        except httpx.TransportError:
            if attempt == ATTEMPTS:
                raise
            continue
        if answer.status_code >= 400:
            raise UnexpectedAnswerError(f"POST {path}: {answer.status_code} {answer.text[:500]}")
        return _json(answer)
    raise AssertionError


async def _sent(
    client: httpx.AsyncClient, method: str, path: str, body: Json | None, headers: dict[str, str]
) -> httpx.Response:
    """Sent again by whoever is told that the server is busy, when it is time: as every app has to."""
    for _ in range(RETURNS):
        answer = await client.request(method, path, json=body, headers=headers)
        if answer.status_code != 503:
            return answer
        await asyncio.sleep(int(answer.headers.get("retry-after", 1)))
    return await client.request(method, path, json=body, headers=headers)


def _json(answer: httpx.Response) -> Json:
    body: Json = answer.json()
    return body
