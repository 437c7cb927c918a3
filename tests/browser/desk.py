"""The sample company over real HTTP, signed in with its demo password."""

from httpx import AsyncClient

from service.seed.sample import DEMO_PASSWORD
from tests.builders.sample_desk import Desk


class OverHttp(Desk):
    """A desk that knows the server by its address alone."""

    def __init__(self, client: AsyncClient) -> None:
        super().__init__(client, database=None, card=None)  # type: ignore[arg-type]  # nothing here looks behind HTTP

    async def _token(self, login: str) -> str:
        if login not in self.tokens:
            named = {"organisation": "anxin", "login": login, "password": DEMO_PASSWORD, "device_name": "browser tests"}
            answer = await self.client.post("/v1/sessions", json=named)
            assert answer.status_code == 201, answer.text
            self.tokens[login] = answer.json()["access_token"]
        return self.tokens[login]
