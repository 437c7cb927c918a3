"""Every kind of background work: what a worker needs to know about it. A new kind is a row of KINDS."""

from service.attachments.thumbnails import THUMBNAILS
from service.attachments.upkeep import CHASE, CHECK, COLLECT
from service.service_report.setting import SERVICE_REPORT
from service.work.clearing import CLEARING
from service.work.repair_clocks import REPAIR_CLOCKS
from service.work.turn import AnyKind

KINDS: tuple[AnyKind, ...] = (
    CLEARING,
    THUMBNAILS,
    COLLECT,
    CHECK,
    CHASE,
    REPAIR_CLOCKS,
    SERVICE_REPORT,
)
