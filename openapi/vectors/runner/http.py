"""Speaking to the server as one member on one device."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

Json = Any
PATIENCE_SECONDS, EXCHANGES = 30, 10


class Server:
    """Where the API is, and how its members sign in."""

    def __init__(self, url: str, organisation: str, password: str) -> None:
        self.url, self.organisation, self.password = url.rstrip("/"), organisation, password

    def enter(self, login: str) -> "Session":
        """The member, signed in on a new device."""
        who = {"organisation": self.organisation, "login": login, "password": self.password}
        status, answer = self.call("POST", "/v1/sessions", json.dumps({**who, "device_name": "vectors"}), None)
        if status != 201:
            raise SystemExit(f"{login} cannot sign in at {self.url}: {answer}")
        return Session(self, answer["access_token"])

    def call(self, method: str, path: str, body: str | None, token: str | None) -> tuple[int, Json]:
        """Status and decoded body."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else body.encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())


class Session:
    """One member on one device."""

    def __init__(self, server: Server, token: str) -> None:
        self._server, self._token = server, token
        me = self.get("/v1/me")["member"]
        self.member_id: str = me["id"]
        self.outlet_ids: list[str] = me["outlet_ids"]

    def get(self, path: str) -> Json:
        return self._ok(*self._server.call("GET", path, None, self._token))

    def post(self, path: str, body: str | Json) -> Json:
        return self._ok(*self.ask(path, body))

    def ask(self, path: str, body: str | Json) -> tuple[int, Json]:
        """Status and answer, whatever it is."""
        text = body if isinstance(body, str) else json.dumps(body)
        return self._server.call("POST", path, text, self._token)

    def pages(self, cursor: str | None, limit: int = 200) -> list[Json]:
        """A whole pull, page by page."""
        found = [self.post("/v1/sync/pull", {"cursor": cursor, "limit": limit})]
        while found[-1]["more"]:
            found.append(self.post("/v1/sync/pull", {"cursor": found[-1]["cursor"], "limit": limit}))
        return found

    def server_is_ahead(self) -> tuple[timedelta, timedelta]:
        """Of this machine's clock, give or take so much: by the quickest of some exchanges."""
        took, ahead = min(self._ahead() for _ in range(EXCHANGES))
        return ahead - took / 2, took / 2

    def _ahead(self) -> tuple[timedelta, timedelta]:
        """How long an exchange took, and how far ahead the server was, with the way there counted in."""
        sent_at = datetime.now(UTC)
        answer = self.post("/v1/sync/push", {"device_clock": sent_at.isoformat()})
        return datetime.now(UTC) - sent_at, timedelta(milliseconds=-answer["clock_offset_ms"])

    def _ok(self, status: int, answer: Json) -> Json:
        if status != 200:
            raise AssertionError(f"{status}: {answer}")
        return answer
