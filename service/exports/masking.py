"""What an export leaves out, by the role of who asks for it (R13, R15): free text and exact positions."""

from typing import Any

from domain.people.actor import Role

SEES_EVERYTHING = frozenset({Role.SUPERVISOR, Role.ADMIN})
SEES_PEOPLE = SEES_EVERYTHING | {Role.DISPATCHER, Role.INSPECTOR, Role.AUDITOR}
"""Who reads which technician it was."""
MASKED_FIELDS = frozenset({"position", "text", "note", "instructions", "access_note", "contact_note", "customer_wish"})
"""A position tells where somebody lives; free text may hold what nobody meant to tell."""


def masked(value: Any, role: Role) -> tuple[Any, bool]:  # noqa: ANN401 (whatever JSON can say)
    """The value as this role may read it, and whether anything was left out."""
    if role in SEES_EVERYTHING:
        return value, False
    hidden: list[str] = []
    return _without(value, hidden), bool(hidden)


def _without(value: Any, hidden: list[str]) -> Any:  # noqa: ANN401 (whatever JSON can say)
    if isinstance(value, list):
        return [_without(each, hidden) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _kept(name, each, hidden) for name, each in value.items()}


def _kept(name: str, value: Any, hidden: list[str]) -> Any:  # noqa: ANN401 (whatever JSON can say)
    if name in MASKED_FIELDS and value is not None:
        hidden.append(name)
        return None
    return _without(value, hidden)
