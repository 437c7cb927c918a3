"""The network between a phone and the server, with the faults that the play asks for."""

import enum
import json
from collections import Counter

import httpx

PUSH = "/v1/sync/push"
REFRESH = "/v1/sessions/refresh"


class Fault(enum.StrEnum):
    """What goes wrong on the way."""

    NO_SIGNAL = "no_signal"
    LOST_REQUEST = "lost_request"
    LOST_ANSWER = "lost_answer"
    DELIVERED_TWICE = "delivered_twice"
    REORDERED = "reordered"
    LOST_REFRESH_ANSWER = "lost_refresh_answer"


class Network(httpx.AsyncBaseTransport):
    """One phone's way to the server. `planned` faults befall its next pushes that carry facts, one after another."""

    def __init__(self, wire: httpx.AsyncBaseTransport, fired: Counter[str]) -> None:
        self.has_signal = True
        self.planned: list[Fault] = []
        self.lost_answers: list[bytes] = []
        self._wire, self._fired = wire, fired

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry the request, unless there is no signal or a planned fault is due."""
        if not self.has_signal:
            self._fired[Fault.NO_SIGNAL] += 1
            raise httpx.ConnectError("no signal", request=request)
        fault = self._due(request)
        if fault is None:
            return await self._wire.handle_async_request(request)
        self._fired[fault] += 1
        match fault:
            case Fault.LOST_REQUEST:
                raise httpx.ConnectError("lost on the way there", request=request)
            case Fault.LOST_ANSWER | Fault.LOST_REFRESH_ANSWER:
                return await self._lose_answer(request)
            case Fault.DELIVERED_TWICE:
                await (await self._wire.handle_async_request(request)).aread()
            case _:
                request = _reordered(request)
        return await self._wire.handle_async_request(request)

    def _due(self, request: httpx.Request) -> Fault | None:
        if not self.planned:
            return None
        carries_facts = request.url.path == PUSH and b'"facts":[]' not in request.content
        renews = request.url.path == REFRESH
        fits = renews if self.planned[0] is Fault.LOST_REFRESH_ANSWER else carries_facts
        return self.planned.pop(0) if fits else None

    async def _lose_answer(self, request: httpx.Request) -> httpx.Response:
        """The server has done its work, and committed it, when the connection is cut."""
        answer = await self._wire.handle_async_request(request)
        self.lost_answers.append(await answer.aread())
        raise httpx.ReadError("connection cut", request=request)


def _reordered(request: httpx.Request) -> httpx.Request:
    """The same push with its facts back to front."""
    body = json.loads(request.content)
    body["facts"].reverse()
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, json=body, extensions=request.extensions)
