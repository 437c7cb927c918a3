"""What is made to order: asked for with 202, followed at an address of its own, fetched from `/file` below."""

from msgspec import structs

from service.http.answers import Headers
from service.http.errors import Refused

LOOK_AGAIN: Headers = ((b"retry-after", b"2"),)
"""Most things are there by then."""


def made_at(address: str, asked: object) -> Headers:
    """Where to look for what is being made, and when: `address` with the fields of the answer `asked`."""
    return (b"location", address.format_map(structs.asdict(asked)).encode()), *LOOK_AGAIN  # type: ignore[arg-type]


def not_there(*, failed: bool) -> Refused:
    """The file was asked for before it was there; or it never will be, since its making `failed`."""
    return Refused("file_failed") if failed else Refused("file_not_ready", headers=LOOK_AGAIN)
