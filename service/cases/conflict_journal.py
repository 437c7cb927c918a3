"""The conflict journal: two values for one field with who, when, which rule, why, and every decision since."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.cases.kinds import CaseChoice, CaseState, choices_of
from domain.conflicts.ownership import owner_of
from domain.conflicts.words import CLEARED, decision_words, field_words, why
from domain.facts import TimeGrade
from domain.facts.desk import Choice
from domain.job.cases import Claim, Conflict, Decision, FieldChange, MergeRule, Outdated
from domain.people.actor import Role
from domain.sentences import joined
from service.http.endpoint import Output
from service.http.paging import Slice
from service.store.cases.cases import StoredCase


class ConflictDecision(Struct, frozen=True, kw_only=True):
    """One decision of the chain; each is a fact of the job, and so is an undo. `stands`: it is the one in force."""

    fact_id: UUID
    choice: Choice
    value: str | None
    reason: str
    by: UUID
    role: Role
    device_id: UUID
    at: datetime
    time_grade: TimeGrade
    undoes: UUID | None
    change: FieldChange | None
    stands: bool
    zh: str
    en: str


class ConflictEntry(Output, frozen=True, kw_only=True):
    """One conflict as the journal has it.

    `owner` says whose the field is, `rule` which row of the merge table chose, `zh` and `en` why. `outdated` is set
    when a decision was made about two values that stand against each other no longer. Decide, or `undo`, with
    POST /v1/cases/{id}/decision.
    """

    id: UUID
    job_id: UUID | None
    outlet_id: UUID | None
    field: str
    field_zh: str
    field_en: str
    owner: str
    rule: MergeRule
    state: CaseState
    opened_at: datetime
    base: str | None
    chosen: Claim
    other: Claim
    outdated: Outdated | None
    zh: str
    en: str
    decisions: tuple[ConflictDecision, ...]
    choices: tuple[CaseChoice, ...]
    suggested_choice: CaseChoice | None


class ConflictPage(Slice[ConflictEntry], frozen=True, kw_only=True):
    """Part of the conflict journal, oldest first."""


def entry_of(stored: StoredCase) -> ConflictEntry:
    """The journal's entry of a stored conflict."""
    conflict = msgspec.json.decode(stored.body, type=Conflict)
    said, field = why(conflict), field_words(conflict.field)
    if stored.state is CaseState.CLEARED:
        said = joined(said, CLEARED)
    choices = choices_of(stored.kind, stored.state)
    return ConflictEntry(
        id=stored.id,
        job_id=stored.job_id,
        outlet_id=stored.outlet_id,
        field=conflict.field,
        field_zh=field.zh,
        field_en=field.en,
        owner=owner_of(conflict.field),
        rule=conflict.rule,
        state=stored.state,
        opened_at=stored.opened_at,
        base=conflict.base,
        chosen=conflict.chosen,
        other=conflict.other,
        outdated=conflict.outdated,
        zh=said.zh,
        en=said.en,
        decisions=tuple(_conflict_decision(each, conflict.decision) for each in conflict.decisions),
        choices=choices,
        suggested_choice=choices[0] if stored.state is CaseState.OPEN else None,
    )


def _conflict_decision(decision: Decision, standing: Decision | None) -> ConflictDecision:
    words, plain = decision_words(decision), msgspec.structs.asdict(decision)
    return ConflictDecision(**plain, stands=decision == standing, zh=words.zh, en=words.en)
