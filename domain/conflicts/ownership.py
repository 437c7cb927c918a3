"""Who owns which field, and the merge table: of two values that were set unaware of each other, which stands. Data."""

from domain.facts.shared import Detail
from domain.job.cases import MergeRule
from domain.people.actor import Role

DESK_OWNS = "desk_owns"
DOOR_OWNS = "door_owns"
LATEST_WINS = "latest_wins"

DETAIL_OWNERS: dict[Detail, str] = {
    Detail.SYMPTOM: DESK_OWNS,
    Detail.SYMPTOM_CODE: DESK_OWNS,
    Detail.PRIORITY: DESK_OWNS,
    Detail.ACCESS_NOTE: LATEST_WINS,
    Detail.CONTACT_NOTE: DESK_OWNS,
    Detail.INSTRUCTIONS: DESK_OWNS,
    Detail.CAUSE: DOOR_OWNS,
    Detail.WORK_SUMMARY: DOOR_OWNS,
    Detail.CUSTOMER_WISH: LATEST_WINS,
}

OWNERS = {"plan": DESK_OWNS, "warranty": DESK_OWNS, "diagnosis": DOOR_OWNS, "repair": DOOR_OWNS}
"""The other fields, by the first part of their name."""

DESK_ROLES = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN, Role.INTEGRATION, Role.INSPECTOR})

MERGE_TABLE: dict[str, tuple[MergeRule, MergeRule, MergeRule]] = {
    DESK_OWNS: (MergeRule.LATEST_WITHOUT_DESK, MergeRule.DESK_OWNS, MergeRule.LATEST_OF_DESK),
    DOOR_OWNS: (MergeRule.LATEST_WITHOUT_DOOR, MergeRule.DOOR_OWNS, MergeRule.LATEST_OF_DOOR),
    LATEST_WINS: (MergeRule.LATEST_WINS,) * 3,
}
"""By the field's owner, and by how many of the two values come from there."""


def merge_rule(owner: str, one: Role, other: Role) -> MergeRule:
    """The row of the merge table for two authors of a field with this owner."""
    return MERGE_TABLE[owner][_owns(owner, one) + _owns(owner, other)]


def outranks(owner: str, known: Role, new: Role) -> bool:
    """Whether only the known value comes from the field's owner: being later then counts for nothing."""
    return _owns(owner, known) and not _owns(owner, new)


def owner_of(field: str) -> str:
    """Who owns the field with this name, such as `detail:cause`, `warranty`, or `plan:` and a visit's id."""
    name, _, subject = field.partition(":")
    return DETAIL_OWNERS[Detail(subject)] if name == "detail" else OWNERS[name]


def _owns(owner: str, role: Role) -> bool:
    return owner != LATEST_WINS and (role in DESK_ROLES) == (owner == DESK_OWNS)
