"""Everything that a fault may touch."""

import random
from collections.abc import Awaitable, Callable

from msgspec import Struct

from tests.upheaval.crew import Crew
from tests.upheaval.phone import Seen
from tests.upheaval.proxy import Proxy
from tests.upheaval.server import Server


class Stage(Struct, frozen=True):
    """The server, the wire, the people, and what they see."""

    server: Server
    proxy: Proxy
    crew: Crew
    seen: Seen
    owner_url: str
    chance: random.Random


Fault = Callable[[Stage], Awaitable[bool]]
"""Returns once it has happened; whether it did."""
