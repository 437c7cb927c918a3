"""What the desk, inspectors and others may say about a job besides its plan: address, right, kind of fact. Data."""

from uuid import UUID

from msgspec import Struct

from domain.facts.door.customer import Rated, RatedOn
from domain.facts.feedback import (
    ComplaintAnswered,
    ComplaintClosed,
    ComplaintOpened,
    ErrorConfirmed,
    ErrorKind,
    ErrorSource,
    FollowedUp,
    Inspected,
    RatingAsked,
    RatingVoided,
    VoidReason,
)
from domain.facts.handling import (
    AnswerMeans,
    ExclusionReason,
    FailureKind,
    HoldReason,
    JobExcluded,
    JobHeld,
    JobReleased,
    RecoveryMade,
    ReportDelivered,
    RequestAnswered,
)
from domain.facts.words import PartNeed, Result


class FeedbackAction(Struct, frozen=True):
    """`path` is below the job's, or its visit's; `example` is of the kind of fact that the action records."""

    path: str
    operation: str
    right: str
    summary: str
    example: Struct


_COMPLAINT = UUID("019f3517-9c00-7000-8000-0000000c0001")
_RATING = UUID("019f3517-9c00-7000-8000-0000000f0040")

FEEDBACK_ACTIONS: tuple[FeedbackAction, ...] = (
    FeedbackAction(
        "answers",
        "answer_request",
        "record_feedback",
        "Record that the customer's request was taken up: accepted, called, diagnosed remotely.",
        RequestAnswered(means=AnswerMeans.CALLED, solved=False),
    ),
    FeedbackAction(
        "holds",
        "hold_job",
        "close_jobs",
        "Let a job wait, for a stated reason.",
        JobHeld(reason=HoldReason.PARTS, parts=(PartNeed(part_code="P-AC-011", quantity_thousandths=1000),)),
    ),
    FeedbackAction("hold-endings", "release_job", "close_jobs", "Let a job wait no longer.", JobReleased()),
    FeedbackAction(
        "report-deliveries",
        "deliver_report",
        "record_feedback",
        "Record that the customer has the service report.",
        ReportDelivered(channel="link"),
    ),
    FeedbackAction(
        "follow-ups",
        "follow_up_job",
        "follow_up_jobs",
        "Record a call back after the visit, whether it reached the customer or not.",
        FollowedUp(reached=True, solved=True, satisfied=True),
    ),
    FeedbackAction(
        "rating-requests",
        "ask_rating",
        "record_feedback",
        "Record that the customer was asked for a rating.",
        RatingAsked(channel="link"),
    ),
    FeedbackAction(
        "ratings",
        "record_rating",
        "record_feedback",
        "Record the customer's rating, unedited. The last one before the rating deadline counts.",
        Rated(score=5, attitude=5, timeliness=4, identity_shown=True, given_on=RatedOn.CUSTOMER),
    ),
    FeedbackAction(
        "rating-voidings",
        "void_rating",
        "void_ratings",
        "Take a rating out of the figures, for a reason. It stays on record, and is counted as voided.",
        RatingVoided(rating_fact_id=_RATING, reason=VoidReason.DUPLICATE),
    ),
    FeedbackAction(
        "complaints",
        "open_complaint",
        "record_feedback",
        "Record a complaint about a job. Its clocks run from the receipt.",
        ComplaintOpened(complaint_id=_COMPLAINT, cause_code="late"),
    ),
    FeedbackAction(
        "complaint-answers",
        "answer_complaint",
        "record_feedback",
        "Record that somebody spoke to a customer who complained, and what was offered or told.",
        ComplaintAnswered(
            complaint_id=_COMPLAINT, solved=False, answer="已致歉，次日上午优先上门", solution_offered=True
        ),
    ),
    FeedbackAction(
        "complaint-closures",
        "close_complaint",
        "inspect_visits",
        "Close a complaint, upheld or not.",
        ComplaintClosed(complaint_id=_COMPLAINT, upheld=True, reason="工程师迟到未通知"),
    ),
    FeedbackAction(
        "recoveries",
        "make_recovery",
        "close_jobs",
        "Record what was done to make a failure good.",
        RecoveryMade(failure=FailureKind.LATE, action="apology_call"),
    ),
    FeedbackAction(
        "exclusions",
        "exclude_job",
        "close_jobs",
        "Leave a job out of figures, for a stated reason; after the deadline that takes a supervisor.",
        JobExcluded(reason=ExclusionReason.DUPLICATE),
    ),
    FeedbackAction(
        "inspections",
        "inspect_visit",
        "inspect_visits",
        "Record a quality inspection of a visit.",
        Inspected(result=Result.PASS, checks=("wiring", "leak_test")),
    ),
    FeedbackAction(
        "errors",
        "confirm_error",
        "inspect_visits",
        "Confirm an error in a visit's work, with what shows it: an inspection, a repeat visit, an upheld complaint.",
        ErrorConfirmed(kind=ErrorKind.POOR_WORKMANSHIP, source=ErrorSource.INSPECTION),
    ),
)
