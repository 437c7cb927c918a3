"""What kinds of cases there are, how a case stands, and what may be chosen of it. Data."""

import enum


class CaseKind(enum.StrEnum):
    """A rule broken, two values for one field, hours booked twice, a fact set aside, a phone that looks cloned.

    And of stock: more used than lay there, one serial number fitted in two jobs. And files that are missing. Of
    warranty: a ground for an exchange. Of money: one number of a voucher or a payment on two jobs. Of honesty: repairs
    that stand out together.
    """

    FINDING = "finding"
    CONFLICT = "conflict"
    BOOKING = "booking"
    QUARANTINE = "quarantine"
    DEVICE = "device"
    SHORTAGE = "shortage"
    SERIAL = "serial"
    EVIDENCE = "evidence"
    EXCHANGE = "exchange"
    REFERENCE = "reference"
    PATTERN = "pattern"


class CaseState(enum.StrEnum):
    """`cleared`: nobody decided; what it was about is no more."""

    OPEN = "open"
    DECIDED = "decided"
    CLEARED = "cleared"


class CaseChoice(enum.StrEnum):
    """Keep what stands, take the other value, forgive, set aside; for a fact set aside: into the log, or not.

    `undo` takes back the decision that stands.
    """

    ACCEPT = "accept"
    OVERRIDE = "override"
    WAIVE = "waive"
    DISMISS = "dismiss"
    RELEASE = "release"
    DISCARD = "discard"
    UNDO = "undo"


_C = CaseChoice
CHOICES: dict[CaseKind, tuple[CaseChoice, ...]] = {
    CaseKind.FINDING: (_C.ACCEPT, _C.WAIVE, _C.DISMISS),
    CaseKind.CONFLICT: (_C.ACCEPT, _C.OVERRIDE, _C.DISMISS),
    CaseKind.BOOKING: (_C.ACCEPT, _C.DISMISS),
    CaseKind.QUARANTINE: (_C.RELEASE, _C.DISCARD),
    CaseKind.DEVICE: (_C.ACCEPT,),
    CaseKind.SHORTAGE: (_C.ACCEPT, _C.DISMISS),
    CaseKind.SERIAL: (_C.ACCEPT, _C.DISMISS),
    CaseKind.EVIDENCE: (_C.ACCEPT, _C.DISMISS),
    CaseKind.EXCHANGE: (_C.ACCEPT, _C.DISMISS),
    CaseKind.REFERENCE: (_C.ACCEPT, _C.DISMISS),
    CaseKind.PATTERN: (_C.ACCEPT, _C.DISMISS),
}
"""What may be chosen, by kind; where nothing speaks against it, the first is suggested."""

UNDOABLE = frozenset({CaseKind.FINDING, CaseKind.CONFLICT})
"""Kinds whose decisions are facts of a job: another fact takes them back."""


def choices_of(kind: CaseKind, state: CaseState) -> tuple[CaseChoice, ...]:
    """What may be chosen of a case as it stands."""
    if state is CaseState.OPEN:
        return CHOICES[kind]
    return (CaseChoice.UNDO,) if state is CaseState.DECIDED and kind in UNDOABLE else ()
