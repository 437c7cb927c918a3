"""The words that devices and the server exchange."""

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.facts import TimeGrade
from domain.facts.words import Code, Instant
from domain.job.cases import Blocks, Finding, Severity
from domain.rules.table import RULE_BY_CODE
from domain.rules.words import rule_sentence
from sync.wire import AsSent

FACTS_PER_PUSH = 500
DOCUMENTS_PER_PULL = 2000
BYTES_PER_PULL = 8 * 1024 * 1024


class Outcome(enum.StrEnum):
    """What became of one pushed fact. Unknown values may appear in later versions."""

    RECORDED = "recorded"
    RECORDED_WITH_FINDINGS = "recorded_with_findings"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    UNREADABLE = "unreadable"


class DeviceTrouble(enum.StrEnum):
    """Why a device looks like a clone or like a phone set back. Unknown values may appear in later versions."""

    FACT_ID_REUSED = "fact_id_reused"
    SEQ_REUSED = "seq_reused"


class Reset(enum.StrEnum):
    """Why a device starts anew: it had no cursor, the data has begun another life, or it may hold other scopes now."""

    FIRST = "first"
    EPOCH = "epoch"
    SCOPES = "scopes"


class FindingNote(Struct, frozen=True, kw_only=True):
    """A rule that the fact breaks, in a code and in words."""

    code: str
    rule: str
    severity: Severity
    blocks: Blocks
    zh: str
    en: str


class Answer(Struct, frozen=True, kw_only=True):
    """What the server said about a fact when it first saw it. Stored, and given again byte for byte on a repeat."""

    fact_id: UUID | None
    outcome: Outcome
    job_id: UUID | None
    log_number: int | None
    recorded_at: datetime
    corrected_at: datetime | None
    time_grade: TimeGrade | None
    findings: tuple[FindingNote, ...]
    code: str | None
    pointer: str | None
    detail: str | None
    case_id: UUID | None


class PushOutcome(Struct, frozen=True, kw_only=True):
    """One outcome per pushed fact, in the order they were sent."""

    index: int
    outcome: Outcome
    answer: Answer


Schema = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class Push(Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """What a device sends: its clocks, the facts it recorded, what it has purged, and where it stands.

    `made_on`: the device id under which these facts were recorded, when the phone has been enrolled anew since. What
    another member recorded is kept in quarantine, in that member's name. `schema`: the version of the contract by which
    these facts were written; those that another version of the app wrote are a push of their own, as they are.
    `brought_back`: an offer named these facts as lost. What was acknowledged once is not asked for again, so that
    `strict` refuses none of them. `purged_cursor`: the newest cursor that the device holds. `purged` confirms no
    withdrawal that is newer, however late it arrives; without a cursor it confirms none.
    """

    device_clock: Instant | None = None
    uptime_ms: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    boot_id: Code | None = None
    facts: Annotated[tuple[AsSent, ...], Meta(max_length=FACTS_PER_PUSH)] = ()
    purged: Annotated[tuple[UUID, ...], Meta(max_length=10_000)] = ()
    purged_cursor: Annotated[str, Meta(max_length=20_000)] | None = None
    cursor: Annotated[str, Meta(max_length=20_000)] | None = None
    made_on: UUID | None = None
    schema: Schema = 1
    brought_back: bool = False


class Pull(Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Where a device stands, and how much it wants at once: documents, and bytes of them before compression.

    With `digest` the answer tells the digest of all that the device should then hold.
    """

    cursor: Annotated[str, Meta(max_length=20_000)] | None = None
    limit: Annotated[int, Meta(ge=1, le=DOCUMENTS_PER_PULL)] = 200
    budget_bytes: Annotated[int, Meta(ge=1, le=BYTES_PER_PULL)] = BYTES_PER_PULL
    schema: Schema = 1
    digest: bool = False


class Withdrawn(Struct, frozen=True, kw_only=True):
    """A document to purge, after pushing what was recorded about it, and why."""

    id: UUID
    kind: str
    reason: str


def note(finding: Finding) -> FindingNote:
    """A finding in a code and in words, both languages."""
    rule, said = RULE_BY_CODE[finding.code], rule_sentence(finding.code, finding.parameters)
    return FindingNote(
        code=rule.code,
        rule=rule.rule,
        severity=rule.severity,
        blocks=rule.blocks,
        zh=said.zh,
        en=said.en,
    )
