"""What people agreed to, and for which purposes what is known of them may leave (R13, R15)."""

import enum
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from domain.facts.words import Line


class ConsentKind(enum.StrEnum):
    """What is agreed to. Customers: being written to, being passed on. Members: sensitive data of theirs."""

    MARKETING = "marketing"
    TRANSFER = "transfer"
    POSITION = "position"
    PHOTO = "photo"


class ConsentChannel(enum.StrEnum):
    """How it was said."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    MESSAGE = "message"
    PAPER = "paper"
    APP = "app"


class ExportPurpose(enum.StrEnum):
    """What for data of people leaves. Nothing else is a purpose."""

    SERVICE = "service"
    ASSESSMENT = "assessment"
    DISPUTE = "dispute"
    AUTHORITY = "authority"
    CUSTOMER_REQUEST = "customer_request"
    MARKETING = "marketing"
    TRANSFER = "transfer"


OF_CUSTOMERS = frozenset({ConsentKind.MARKETING, ConsentKind.TRANSFER})
OF_MEMBERS = frozenset({ConsentKind.POSITION, ConsentKind.PHOTO})
NEEDED = {ExportPurpose.MARKETING: ConsentKind.MARKETING, ExportPurpose.TRANSFER: ConsentKind.TRANSFER}
"""For these purposes only who agreed may be named (consumer law art. 29, privacy law art. 23)."""

Notice = Annotated[Line, Meta(description="Which text was agreed to, by its version")]


def standing(said: Iterable[tuple[ConsentKind, bool]]) -> frozenset[ConsentKind]:
    """What is agreed to now, from everything that was said, the newest first: the last word on each counts."""
    last: dict[ConsentKind, bool] = {}
    for kind, given in said:
        last.setdefault(kind, given)
    return frozenset(kind for kind, given in last.items() if given)
