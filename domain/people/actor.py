"""Who acts, and what each role may do. Roles are data: a route names a right, this table names its roles."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class Role(StrEnum):
    """What a member of the organisation is there for."""

    TECHNICIAN = "technician"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"
    ADMIN = "admin"
    INTEGRATION = "integration"
    CUSTOMER = "customer"
    """Speaks through a link for one job; no member has this role, and it holds no right."""


class Actor(Struct, frozen=True):
    """A signed-in member on one enrolled device."""

    org_id: UUID
    member_id: UUID
    device_id: UUID
    role: Role
    outlet_ids: tuple[UUID, ...]
    """The outlets whose work this member may see; empty means every outlet."""
    language: str


_DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN})
_READERS = _DESK | {Role.INSPECTOR, Role.AUDITOR, Role.INTEGRATION}

RIGHTS: dict[str, frozenset[Role]] = {
    "read_jobs": _READERS | {Role.TECHNICIAN},
    "open_jobs": _DESK | {Role.INTEGRATION, Role.TECHNICIAN},
    "plan_visits": _DESK,
    "amend_jobs": _DESK | {Role.TECHNICIAN, Role.INSPECTOR, Role.INTEGRATION},
    "decide_warranty": _DESK | {Role.INTEGRATION},
    "check_warranty": _DESK | {Role.TECHNICIAN, Role.INTEGRATION},
    "quote_fees": _DESK | {Role.TECHNICIAN},
    "release_prices": frozenset({Role.SUPERVISOR}),
    "send_customer_codes": _DESK | {Role.INTEGRATION},
    "cancel_jobs": _DESK | {Role.INTEGRATION},
    "close_jobs": _DESK,
    "record_visits": frozenset({Role.TECHNICIAN}),
    "push_facts": _DESK | {Role.TECHNICIAN, Role.INSPECTOR, Role.INTEGRATION},
    "pull_documents": _READERS | {Role.TECHNICIAN},
    "read_cases": _READERS,
    "decide_cases": frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    # A technician's part of them is a matter of scope: what their jobs are about.
    "read_customers": _READERS | {Role.TECHNICIAN},
    "edit_customers": _DESK | {Role.INTEGRATION},
    "read_members": _READERS,
    "manage_members": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "plan_absences": _DESK,
    "read_outlets": _READERS | {Role.TECHNICIAN},
    "manage_outlets": frozenset({Role.ADMIN}),
    "enrol_devices": _DESK,
    "revoke_devices": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "read_catalogue": _READERS | {Role.TECHNICIAN},
    "edit_catalogue": frozenset({Role.SUPERVISOR, Role.ADMIN, Role.INTEGRATION}),
    "edit_holidays": frozenset({Role.ADMIN}),
    # A technician records returns and counts of their own van only.
    "edit_stock": _DESK | {Role.TECHNICIAN},
    "read_stock": _READERS | {Role.TECHNICIAN},
    "manage_tasks": frozenset({Role.ADMIN}),
    "manage_webhooks": frozenset({Role.ADMIN}),
    "read_events": frozenset({Role.ADMIN, Role.INTEGRATION}),
    "give_customer_links": _DESK | {Role.TECHNICIAN},
    # A technician sends, and everybody reads, within their scope.
    "send_attachments": _DESK | {Role.TECHNICIAN, Role.INSPECTOR, Role.INTEGRATION},
    "inspect_visits": frozenset({Role.INSPECTOR, Role.SUPERVISOR}),
    "export_evidence": frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR}),
    "read_figures": _READERS,
    "freeze_reports": frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN}),
    # A technician's part of them is their own work.
    "read_kpis": _READERS | {Role.TECHNICIAN},
    "edit_improvements": frozenset({Role.SUPERVISOR, Role.INSPECTOR, Role.ADMIN}),
    "edit_schemes": frozenset({Role.ADMIN}),
    "export_contacts": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "read_accesses": frozenset({Role.AUDITOR, Role.ADMIN}),
    "read_privacy": frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN}),
    "manage_privacy": frozenset({Role.ADMIN}),
    "edit_pattern_limits": frozenset({Role.SUPERVISOR, Role.ADMIN}),
    "record_feedback": _DESK | {Role.INTEGRATION},
    "follow_up_jobs": _DESK | {Role.INSPECTOR, Role.INTEGRATION},
    "void_ratings": frozenset({Role.SUPERVISOR}),
}


OF_THE_ORGANISATION = frozenset({"manage_webhooks", "manage_tasks", "edit_schemes"})
"""What concerns every outlet is for those who work for every outlet."""


def may(actor: Actor, right: str) -> bool:
    """Whether the actor holds the right. A right that is not in the table raises KeyError: it is a bug."""
    everywhere = not actor.outlet_ids or right not in OF_THE_ORGANISATION
    return actor.role in RIGHTS[right] and everywhere
