"""Every kind of background work, and what crews do each second. A new kind is a row of KINDS."""

from service.attachments.thumbnails import THUMBNAILS
from service.attachments.upkeep import CHASE, CHECK, COLLECT
from service.exports.making import CLEAR_EXPORTS, EXPORT
from service.privacy.erasing import ERASING
from service.service_report.setting import SERVICE_REPORT
from service.webhooks.clearing import EVENT_CLEARING
from service.webhooks.delivering import DELIVERING
from service.webhooks.rounds import send_out
from service.work.clearing import CLEARING
from service.work.crew import Round
from service.work.repair_clocks import REPAIR_CLOCKS
from service.work.repair_patterns import REPAIR_PATTERNS
from service.work.turn import AnyKind
from service.written_report.making import CLEAR_REPORTS, WRITTEN_REPORT

KINDS: tuple[AnyKind, ...] = (
    CLEARING,
    EVENT_CLEARING,
    DELIVERING,
    THUMBNAILS,
    ERASING,
    COLLECT,
    CHECK,
    CHASE,
    REPAIR_CLOCKS,
    REPAIR_PATTERNS,
    SERVICE_REPORT,
    WRITTEN_REPORT,
    EXPORT,
    CLEAR_EXPORTS,
    CLEAR_REPORTS,
)
ROUNDS: tuple[Round, ...] = (send_out,)
