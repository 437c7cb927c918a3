"""One request's bytes into the spool, as they come. What was safely written stays, however the request ends."""

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from service.attachments import spool
from service.database import Database
from service.http.errors import Refused
from service.http.reading import HttpRequest
from service.settings import Settings
from service.store.evidence import uploads
from service.store.evidence.uploads import Upload

PIECE_BYTES = 256 * 1024
KEPT_EVERY_BYTES = 4 * 1024 * 1024
"""So much is sent again at most when this process is killed."""
PAUSE_SECONDS = 0.002
"""For each upload under way in this process, between two looks at one of them. Meanwhile the kernel gathers what comes:
a look costs as much for a packet as for a hundred, and pulls would pay for it."""
ALGORITHMS = ("sha1", "sha256")


_under_way: set[UUID] = set()


class Hash(Protocol):
    """As `hashlib` makes them."""

    def update(self, piece: bytes, /) -> None:
        """Go on."""

    def digest(self) -> bytes:
        """Of all until now."""


class Checksum(Struct, frozen=True):
    """What one request's bytes must come to, or none of them counts."""

    algorithm: str
    digest: bytes


def checksum_of(header: str | None) -> Checksum | None:
    """The checksum out of `Upload-Checksum: sha256 base64`."""
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Refused("checksum_unsupported", algorithms=", ".join(ALGORITHMS))
    try:
        return Checksum(algorithm, base64.b64decode(encoded, validate=True))
    except ValueError:
        raise Refused("invalid_header", header="Upload-Checksum") from None


async def receive(
    database: Database, settings: Settings, request: HttpRequest, upload: Upload, checksum: Checksum | None
) -> Upload:
    """The upload with what the request brought. When it breaks off, what came until then is kept all the same.

    With a checksum nothing is kept before all is there and fits.
    """
    path = spool.path_of(settings, upload.org_id, upload.id)
    descriptor = await spool.in_thread(spool.go_on, path, upload.offset_bytes)
    arrival = _Arrival(database, upload, descriptor)
    running = _running(checksum)
    _under_way.add(upload.id)
    try:
        async for piece in _pieces(request, upload.size_bytes - upload.offset_bytes, settings.body_seconds):
            if running is not None:
                running.update(piece)
            await arrival.take(piece, keeping=checksum is None)
    except Refused as refused:
        if checksum is None and refused.code in {"body_incomplete", "body_too_slow"}:
            await arrival.keep()
        raise
    else:
        if checksum is not None and running is not None and running.digest() != checksum.digest:
            raise Refused("checksum_mismatch")
        return await arrival.keep()
    finally:
        _under_way.discard(upload.id)
        os.close(descriptor)


class _Arrival:
    """Where the next piece goes, and how much of what was written is known to be safe."""

    def __init__(self, database: Database, upload: Upload, descriptor: int) -> None:
        self._database, self._upload, self._descriptor = database, upload, descriptor
        self._kept = self._written = upload.offset_bytes

    async def take(self, piece: bytes, *, keeping: bool) -> None:
        await spool.in_thread(spool.write, self._descriptor, piece, self._written)
        self._written += len(piece)
        if keeping and self._written - self._kept >= KEPT_EVERY_BYTES:
            await self.keep()

    async def keep(self) -> Upload:
        """First the disk, then the word: nobody is ever told of bytes that a crash can take."""
        if self._written > self._kept:
            await spool.in_thread(os.fsync, self._descriptor)
            async with self._database.transaction() as db:
                if not await uploads.advance(db, self._upload, self._written):
                    raise Refused("upload_offset_mismatch")
            self._kept = self._written
        return replace(self._upload, offset_bytes=self._kept)


async def _pieces(request: HttpRequest, most_bytes: int, idle_seconds: float) -> AsyncIterator[bytes]:
    """The body in pieces of a size that is worth a write; what came before a break is given before it is told."""
    gathered, size = bytearray(), 0
    trouble: Refused | None = None
    more = True
    while more:
        try:
            async with asyncio.timeout(idle_seconds):
                event = await request.receive()
        except TimeoutError:
            trouble = Refused("body_too_slow", seconds=idle_seconds)
            break
        if event["type"] != "http.request":
            trouble = Refused("body_incomplete")
            break
        size += len(event["body"])
        if size > most_bytes:
            raise Refused("upload_too_long")
        gathered += event["body"]
        more = event.get("more_body", False)
        if len(gathered) >= PIECE_BYTES:
            yield bytes(gathered)
            gathered.clear()
        if more:
            await asyncio.sleep(PAUSE_SECONDS * len(_under_way))
    if gathered:
        yield bytes(gathered)
    if trouble is not None:
        raise trouble


def _running(checksum: Checksum | None) -> Hash | None:
    if checksum is None:
        return None
    # Against bits that tip over on the way, as the protocol has it; evidence is compared by SHA-256.
    return hashlib.new(checksum.algorithm, usedforsecurity=False)
