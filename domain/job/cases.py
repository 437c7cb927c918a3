"""What a job has to decide: findings, conflicts, and what people said about them."""

import enum
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts import TimeGrade
from domain.facts.desk import Choice
from domain.people.actor import Role


class Severity(enum.StrEnum):
    """How much a finding matters."""

    INFO = "info"
    WARNING = "warning"
    SERIOUS = "serious"


class Blocks(enum.StrEnum):
    """What a finding stops until somebody decides it."""

    NOTHING = "nothing"
    CHARGING = "charging"
    CLOSING = "closing"


class MergeRule(enum.StrEnum):
    """Which row of the merge table chose between two values that were set unaware of each other.

    `desk_owns` and `door_owns`: one of the two is from the field's owner. `latest_of_…`: both are, `latest_without_…`:
    neither is, so the later one stands. `latest_wins`: nobody owns the field.
    """

    DESK_OWNS = "desk_owns"
    LATEST_OF_DESK = "latest_of_desk"
    LATEST_WITHOUT_DESK = "latest_without_desk"
    DOOR_OWNS = "door_owns"
    LATEST_OF_DOOR = "latest_of_door"
    LATEST_WITHOUT_DOOR = "latest_without_door"
    LATEST_WINS = "latest_wins"


class Outdated(enum.StrEnum):
    """Why the two values of a decided conflict stand against each other no longer.

    `late_value`: what arrived later stands between them; the decision still counts as an edit. `taken_back`: one of
    the two was retracted. `given_up`: its author had gone back to what was there before.
    """

    LATE_VALUE = "late_value"
    TAKEN_BACK = "taken_back"
    GIVEN_UP = "given_up"


class FieldChange(Struct, frozen=True, kw_only=True):
    """What a decision did to the field: an undo puts back what was."""

    was: str | None
    now: str | None


class Decision(Struct, frozen=True, kw_only=True):
    """What a person decided about a case. `undoes` names the decision that an undo takes back.

    `change` is null where the decision left the field as it was, or lost to one made at the same time.
    """

    choice: Choice
    value: str | None
    reason: str
    by: UUID
    role: Role
    device_id: UUID
    at: datetime
    time_grade: TimeGrade
    fact_id: UUID
    undoes: UUID | None
    change: FieldChange | None


class Finding(Struct, frozen=True, kw_only=True):
    """A rule that the facts break; counted, visible, and blocking until decided where the rule says so."""

    id: UUID
    code: str
    rule: str
    severity: Severity
    blocks: Blocks
    visit_id: UUID | None
    fact_ids: tuple[UUID, ...]
    at: datetime
    parameters: dict[str, str]
    decision: Decision | None


class Claim(Struct, frozen=True, kw_only=True):
    """One of two concurrent values, with who said it, on which device, and when."""

    value: str | None
    fact_id: UUID
    author_id: UUID
    role: Role
    device_id: UUID
    at: datetime
    time_grade: TimeGrade


class Conflict(Struct, frozen=True, kw_only=True):
    """Two concurrent facts about one field: both values, and the rule that chose. Nothing typed is lost (I4).

    `decision` is the one that stands, `decisions` are all of them in their order, the undone ones and the undos too.
    """

    id: UUID
    field: str
    rule: MergeRule
    base: str | None
    chosen: Claim
    other: Claim
    decision: Decision | None
    decisions: tuple[Decision, ...]
    outdated: Outdated | None
