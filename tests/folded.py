"""Documents beside what their facts fold to: apart from the life of the data in their versions they are the same."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from domain.facts import Fact
from domain.fold import fold
from sync.versions import decoded


def number_of_facts(job: Mapping[str, Any]) -> int:
    """How many facts the document holds, in whatever life of the data it was written."""
    return decoded(job["version"])[1]


def is_folded(body: bytes, job_id: UUID, log: Iterable[Fact]) -> bool:
    """Whether the stored document is what its log folds to."""
    job = msgspec.json.decode(body)
    counted = {**job, "version": number_of_facts(job)}
    return bool(counted == msgspec.json.decode(msgspec.json.encode(fold(job_id, log).job)))
