"""Files in tests: pictures, and a phone that sends them by tus."""

import base64
import io
import os
from hashlib import sha256
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from PIL import Image

from tests.builders.organisations import Person

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def photo(*, width: int = 64, height: int = 48, kind: str = "JPEG", more_bytes: int = 0, **saved: Any) -> bytes:
    """A picture like no other, as long as is asked: what follows its end means nothing to a decoder."""
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(out, kind, **saved)
    return out.getvalue() + bytes(more_bytes)


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def metadata(**told: str) -> str:
    """`Upload-Metadata` as tus writes it."""
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())


class Sender:
    """A member who sends files, step by step or all at once."""

    def __init__(self, client: AsyncClient, person: Person) -> None:
        self.client, self.person = client, person

    async def begin(self, job_id: UUID, content: bytes, **more: str) -> Response:
        told = metadata(**{"digest": digest_of(content), "job_id": str(job_id), **more})
        return await self.promise(str(len(content)), told)

    async def promise(self, length: str, told: str, **headers: str) -> Response:
        said = {**TUS, "Upload-Length": length, "Upload-Metadata": told, **headers}
        return await self.client.post("/v1/uploads", headers={**self.person.headers, **said})

    async def piece(self, address: str, offset: int, content: Any, **headers: str) -> Response:
        said = {**self.person.headers, **PIECE, "Upload-Offset": str(offset), **headers}
        return await self.client.patch(address, headers=said, content=content)

    async def head(self, address: str) -> Response:
        return await self.client.head(address, headers={**self.person.headers, **TUS})

    async def end(self, address: str) -> Response:
        return await self.client.delete(address, headers={**self.person.headers, **TUS})

    async def send(self, job_id: UUID, content: bytes, **more: str) -> Response:
        """The answer to the last piece."""
        begun = await self.begin(job_id, content, **more)
        assert begun.status_code == 201, begun.text
        return await self.piece(begun.headers["location"], 0, content)

    async def read(self, content: bytes, suffix: str = "", **headers: str) -> Response:
        address = f"/v1/attachments/{digest_of(content)}{suffix}"
        return await self.client.get(address, headers={**self.person.headers, **headers})
