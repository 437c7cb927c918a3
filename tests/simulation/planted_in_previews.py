"""Bugs planted into previews: the checker must find each of them."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from service.database import Database
from service.recording import preview
from service.recording.batch import Batch
from service.recording.preview import Previewed
from service.recording.recording import record_committed
from tests.simulation.planted_in_sync import Plant, everywhere


def previews_carried_out(patch: pytest.MonkeyPatch) -> None:
    """What would be done is done."""

    async def done(database: Database, batch: Batch, raws: Sequence[bytes]) -> Previewed:
        return Previewed(await record_committed(database, batch, raws), [])

    everywhere(patch, preview.preview, done)


def previews_strict_with_everybody(patch: pytest.MonkeyPatch) -> None:
    """A preview refuses what a push would record with findings."""
    real = preview.preview

    async def strict(database: Database, batch: Batch, raws: Sequence[bytes]) -> Previewed:
        return await real(database, replace(batch, strict=True), raws)

    everywhere(patch, real, strict)


IN_PREVIEWS: dict[str, Plant] = {
    plant.__name__: plant for plant in (previews_carried_out, previews_strict_with_everybody)
}
