"""One-time codes: issued for the job, for one item at one price or one disclosure, and in time (R03, R10)."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import door
from domain.facts.issued_codes import CustomerCodeIssued, PriceCodeIssued, code_digest
from domain.facts.requirements import Requirements
from domain.facts.words import FeeLine
from tests.domain.bodies import agreed, bill, fees, instead, line
from tests.domain.builders import DESK, JOB, NAMESPACE, SUPERVISOR, Said, clock, door_steps, opened, planned, said
from tests.domain.examples import Example

CODE, OTHER = "K7QMX-4TR9H", "B2C3D-4E5F6"
DEARER = line(13_000, supervisor_code=CODE, reason="加急")
MUCH_DEARER = replace(DEARER, unit_price_fen=14_000, amount_fen=14_000)
SECOND_ITEM = line(4_000, code="P-AC-011", line_id="2", supervisor_code=CODE, reason="加急")
PLAN = planned(requirements=Requirements(sign_off=False, issued_codes=True))
LESS, MORE = fees(line(11_000)), fees(line(12_500))


def issued(code: str = CODE, until: str = "20:00", *, job: UUID = JOB, at: str = "08:30") -> Said:
    """By the supervisor, for a price."""
    return said(SUPERVISOR, PriceCodeIssued(digest=code_digest(job, code), valid_until=clock(until)), at)


def sent(code: str = CODE, until: str = "20:00", *, job: UUID = JOB) -> Said:
    """To the customer, by the desk."""
    return said(DESK, CustomerCodeIssued(digest=code_digest(job, code), valid_until=clock(until)), "08:30")


def visited(*bodies: Struct, codes: tuple[Said, ...] = (issued(),)) -> tuple[Said, ...]:
    return opened(), PLAN, *codes, *door_steps(*bodies)


def told(*lines: FeeLine, codes: tuple[Said, ...] = (issued(),)) -> tuple[Said, ...]:
    return visited(fees(*lines), codes=codes)


def by_code(*pairs: tuple[door.FeesDisclosed, str], codes: tuple[Said, ...] = (sent(),)) -> tuple[Said, ...]:
    steps: list[Struct] = []
    for disclosure, code in pairs:
        steps += [disclosure, agreed(disclosure, method=door.Consent.ONE_TIME_CODE, code=code)]
    return visited(*steps, codes=codes)


BOTH = (issued(), issued(OTHER))
BILLED = visited(*instead(fees(DEARER), agreed(fees(DEARER)), bill(DEARER)), codes=(issued(until="09:06"),))
BILLED_ONLY = visited(*instead(bill(DEARER)), codes=(issued(until="09:06"),))

EXAMPLES = (
    Example(
        "supervisor_code_unknown", "a code counts when it was issued for the job", told(DEARER, codes=()), told(DEARER)
    ),
    Example(
        "supervisor_code_unknown",
        "one for another job or for the customer does not count, however it is typed",
        told(DEARER, codes=(issued(job=NAMESPACE), sent())),
        told(replace(DEARER, supervisor_code="k7qmx 4tr9h")),
    ),
    Example(
        "supervisor_code_unknown",
        "wherever in the log it was issued, late by a clock that is wrong included",
        told(DEARER, codes=(issued(OTHER),)),
        (*told(DEARER, codes=()), issued(at="18:00")),
    ),
    Example(
        "supervisor_code_expired",
        "it serves to its last minute; what was told in time is billed later",
        BILLED_ONLY,
        BILLED,
    ),
    Example(
        "supervisor_code_reused",
        "it serves one item, however often that is told",
        told(DEARER, SECOND_ITEM),
        visited(fees(DEARER), fees(DEARER, replace(SECOND_ITEM, supervisor_code=OTHER)), codes=BOTH),
    ),
    Example(
        "supervisor_code_reused",
        "at one price",
        visited(fees(DEARER), fees(MUCH_DEARER)),
        visited(fees(DEARER), fees(replace(MUCH_DEARER, supervisor_code=OTHER)), codes=BOTH),
    ),
    Example(
        "acknowledgement_code_unknown",
        "a customer tells a code that was sent",
        by_code((LESS, OTHER)),
        by_code((LESS, CODE)),
    ),
    Example(
        "acknowledgement_code_unknown",
        "a supervisor's code is none of the customer's",
        by_code((LESS, CODE), codes=(issued(),)),
        by_code((LESS, "k7qmx4tr9h")),
    ),
    Example(
        "acknowledgement_code_expired",
        "in time",
        by_code((LESS, CODE), codes=(sent(until="09:00"),)),
        by_code((LESS, CODE), codes=(sent(until="09:01"),)),
    ),
    Example(
        "acknowledgement_reused",
        "a code that was sent confirms one disclosure",
        by_code((LESS, CODE), (MORE, CODE)),
        by_code((LESS, CODE), (LESS, CODE), (MORE, OTHER), codes=(sent(), sent(OTHER))),
    ),
)
