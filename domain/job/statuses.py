"""Where a visit stands, and where the promise to the customer stands."""

import enum


class VisitStatus(enum.StrEnum):
    """Where one attendance stands. Phones drive only this; the job's status is derived."""

    PLANNED = "planned"
    ACCEPTED = "accepted"
    TRAVELLING = "travelling"
    ARRIVED = "arrived"
    CHECKED_IN = "checked_in"
    WORKING = "working"
    PAUSED = "paused"
    FINISHED = "finished"
    SIGNED_OFF = "signed_off"
    ENDED = "ended"
    DECLINED = "declined"
    NO_ACCESS = "no_access"
    UNABLE = "unable"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class JobStatus(enum.StrEnum):
    """Where the promise to the customer stands; always derived, never set."""

    OPEN = "open"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    NEEDS_REVISIT = "needs_revisit"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    CANCELLED_WITH_WORK = "cancelled_with_work"
    REOPENED = "reopened"
