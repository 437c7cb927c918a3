"""The files that facts name by digest, what each is to show, and until when its bytes are expected.

Whether bytes have arrived is no fact of a job: the fold does not know it, and the document does not say it.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from domain.facts.desk import WarrantyDecided
from domain.facts.door.attendance import CheckedIn, VisitEnded
from domain.facts.door.customer import SignedOff
from domain.facts.door.fees import FeesAcknowledged
from domain.facts.door.work import PartUsed, RepairRecorded, WorkStarted
from domain.facts.shared import AttachmentAdded, Purpose
from domain.facts.words import Check
from domain.job.document import Job

EXPECTED_WITHIN = timedelta(days=3)
"""From the recording of the fact: a phone that synced has signal, and then photos need hours at most."""


class NamedFile(Struct, frozen=True):
    """One file that a fact names."""

    digest: str
    purpose: Purpose


def named_files(body: Struct) -> tuple[NamedFile, ...]:
    """The files that a fact of this body names, each digest once, with the first purpose that it is named for."""
    found: dict[str, NamedFile] = {}
    for digest, purpose in _named(body):
        found.setdefault(digest, NamedFile(digest, purpose))
    return tuple(found.values())


def taken_back(job: Job) -> frozenset[UUID]:
    """The facts that were taken back: nobody waits for the bytes that they name."""
    refused = {fact_id for each in job.findings if each.code == "retraction_refused" for fact_id in each.fact_ids}
    return frozenset(each.retracted_fact_id for each in job.retractions if each.fact_id not in refused)


def _named(body: Struct) -> Iterator[tuple[str, Purpose]]:
    match body:
        case AttachmentAdded():
            yield body.digest, body.purpose
        case CheckedIn():
            yield from _photos(body.uniform.photo_digests, Purpose.UNIFORM)
            yield from _photos(body.badge.photo_digests, Purpose.BADGE)
            yield from _of_checks(body.kit_items)
            yield from _photos(body.photo_digests)
        case WorkStarted():
            yield from _of_checks(body.safety_checks)
        case PartUsed():
            yield from _photos(body.photo_digests, Purpose.PART_LABEL)
        case VisitEnded():
            yield from _of_checks(body.checks)
        case RepairRecorded():
            yield from _of_checks(body.checks)
            yield from _photos(body.photo_digests)
        case SignedOff() | FeesAcknowledged() if body.evidence_digest is not None:
            yield body.evidence_digest, Purpose.SIGNATURE
        case WarrantyDecided():
            yield from _photos(body.evidence_digests)


def _photos(digests: Iterable[str], purpose: Purpose = Purpose.OTHER) -> Iterator[tuple[str, Purpose]]:
    return ((digest, purpose) for digest in digests)


def _of_checks(checks: Iterable[Check]) -> Iterator[tuple[str, Purpose]]:
    return ((digest, Purpose.OTHER) for check in checks for digest in check.photo_digests)
