"""The vault: where whole files are kept, in a folder or an S3 bucket. Every key begins with the organisation's id."""

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
from msgspec import Struct
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from service.settings import Settings

READ_BYTES = 256 * 1024
LISTED_AT_ONCE = 1000


class VaultUnavailable(OSError):  # noqa: N818 (reads as what happened to the vault)
    """The vault does not answer, or refuses; trying again later may help."""


class FileGone(Exception):  # noqa: N818 (reads as what happened to the file)
    """There is no such file in the vault."""


class Stored(Struct, frozen=True):
    """A file as the vault lists it."""

    key: str
    changed_at: datetime


class Vault(Struct, frozen=True):
    """One place for all organisations."""

    store: ObjectStore
    folder: Path | None
    """Of a local vault: what is put there must reach the disk before anybody is told so."""

    async def put(self, key: str, content: Path | bytes) -> None:
        """Store it, replacing what was there. When this returns, it survives a loss of power."""
        with _told_apart():
            await obstore.put_async(self.store, key, content)
        if self.folder is not None:
            await asyncio.to_thread(_settle, self.folder, key)

    async def read(self, key: str, span: tuple[int, int] | None = None) -> AsyncIterator[bytes]:
        """The bytes, of a span those from its first until before its second; FileGone before the first of them."""
        options: obstore.GetOptions = {} if span is None else {"range": span}
        with _told_apart():
            found = await obstore.get_async(self.store, key, options=options)
        return _chunks(found.stream(min_chunk_size=READ_BYTES))

    async def delete(self, keys: Collection[str]) -> None:
        """Whether they were there or not."""
        for key in keys:
            try:
                with _told_apart():
                    await obstore.delete_async(self.store, key)
            except FileGone:
                continue

    async def listed(self, prefix: str) -> AsyncIterator[list[Stored]]:
        """Every file below the prefix, many at a time."""
        with _told_apart():
            async for batch in obstore.list(self.store, prefix, chunk_size=LISTED_AT_ONCE):
                yield [Stored(each["path"], each["last_modified"]) for each in batch]


def key_of(org_id: UUID, digest: bytes) -> str:
    name = digest.hex()
    return f"{org_id}/files/{name[:2]}/{name}"


def thumbnail_key_of(org_id: UUID, digest: bytes) -> str:
    name = digest.hex()
    return f"{org_id}/thumbnails/{name[:2]}/{name}.jpg"


@cache
def open_vault(settings: Settings) -> Vault:
    """The vault that the settings name. Nothing is asked of it before it is used."""
    where = settings.attachments or str(settings.vault_path)
    if not where.startswith("s3://"):
        return Vault(LocalStore(where, mkdir=True), Path(where))
    plain = settings.s3_endpoint is not None and settings.s3_endpoint.startswith("http:")
    store = S3Store.from_url(
        where,
        **_given(settings),
        client_options={"allow_http": plain, "timeout": "300s", "connect_timeout": "5s"},
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )
    return Vault(store, None)


def _given(settings: Settings) -> dict[str, Any]:
    """Only what is set: the rest is found in S3's own ways."""
    given = {
        "endpoint": settings.s3_endpoint,
        "region": settings.s3_region,
        "access_key_id": settings.s3_key_id,
        "secret_access_key": settings.s3_secret,
    }
    return {name: value for name, value in given.items() if value is not None}


async def _chunks(stream: AsyncIterable[Any]) -> AsyncIterator[bytes]:
    with _told_apart():
        async for chunk in stream:
            yield bytes(chunk)


@contextmanager
def _told_apart() -> Iterator[None]:
    """A file that is gone from a vault that is: the library's errors have many kinds."""
    try:
        yield
    except FileNotFoundError:
        raise FileGone from None
    except BaseError as error:
        raise VaultUnavailable(type(error).__qualname__) from None


def _settle(folder: Path, key: str) -> None:
    path = folder / key
    for place in (path, *path.parents[: len(Path(key).parts)]):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
