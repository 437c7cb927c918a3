"""What a service report is made of: the visit as its facts stood at one version of the job, and the names around it.

No name, phone number or address of the customer: they live where they can be erased, and a paper cannot.
"""

import base64
import hashlib
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts.desk import WarrantyDecided
from domain.facts.shared import Detail
from domain.facts.words import Warranty, WorkType
from domain.job.document import Job
from domain.job.visit import Visit
from domain.sentences import Sentence
from sync.digest import canonical

_CODE_BYTES = 10


class Names(Struct, frozen=True, kw_only=True):
    """What codes and ids are called, at the time of freezing."""

    organisation: str
    outlet: str
    complaint_line: str
    time_zone: str
    technician: str
    badge: str
    product: Sentence | None
    words: dict[str, Sentence]
    """Of fault codes and parts that the visit names."""


class Report(Struct, frozen=True, kw_only=True):
    """A visit, frozen."""

    names: Names
    job_id: UUID
    job_number: str
    version: int
    chain: str
    """The head of the job's chain of facts when it was frozen: it binds every fact up to this one."""
    work_type: WorkType
    symptom: str | None
    symptom_code: str | None
    warranty: Warranty
    warranty_decision: WarrantyDecided | None
    visit: Visit
    changed_at: datetime | None


def freeze(job: Job, visit: Visit, names: Names, chain: bytes) -> Report:
    """The visit as it stands."""
    return Report(
        names=names,
        job_id=job.id,
        job_number=job.number,
        version=job.version,
        chain=chain.hex(),
        work_type=job.work_type,
        symptom=job.details.get(Detail.SYMPTOM),
        symptom_code=job.details.get(Detail.SYMPTOM_CODE),
        warranty=job.warranty,
        warranty_decision=job.warranty_decision,
        visit=visit,
        changed_at=job.changed_at,
    )


def spelt(report: Report) -> bytes:
    """Its bytes, the same wherever they are made (RFC 8785)."""
    return canonical(report)


def code_of(spelling: bytes, language: str) -> str:
    """What the paper bears and people type: 80 bits of the content's digest, in groups of four."""
    digest = hashlib.sha256(language.encode() + spelling).digest()
    text = base64.b32encode(digest[:_CODE_BYTES]).decode()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def tidied(typed: str) -> str:
    """A code as somebody typed it, as it is stored: 0 and 1 are no letters of it, O and I are."""
    letters = "".join(typed.upper().replace("0", "O").replace("1", "I").split()).replace("-", "")
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def codes_named(visit: Visit) -> set[str]:
    """Every code of the catalogue that the visit's record names."""
    found: set[str | None] = set()
    if visit.diagnosis is not None:
        found |= {visit.diagnosis.symptom_code, visit.diagnosis.cause_code, visit.diagnosis.condition_code}
    if visit.repair is not None:
        found |= {visit.repair.symptom_code, visit.repair.cause_code, visit.repair.condition_code}
        found |= set(visit.repair.measure_codes)
    found |= {part.body.part_code for part in visit.parts}
    return {code for code in found if code is not None}
