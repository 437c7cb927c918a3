"""What the on-site evidence index counts that no single KPI does (domain 2.4), and what may cost a special deduction.

Each is a tally like those of KPIs: a late fact changes it, and a figure leads to the jobs behind it.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from domain.facts.desk import Choice
from domain.facts.door.work import PauseReason
from domain.facts.handling import HoldReason
from domain.facts.words import WorkType
from domain.job.cases import Finding
from domain.job.feedback import Complaint
from domain.job.visit import Visit
from domain.measures.course import Course, later
from domain.measures.fees import standing
from domain.measures.measure import Tally
from domain.measures.voice import CONTACT_LIMIT, SOLUTION_LIMIT

MATERIAL, QUALITY, PROMISE, COMPLAINT = "E-material", "E-quality", "E-promise", "E-complaint"
COPIES = {"K03": ("E-installation", WorkType.INSTALL), "K24": ("E-records", WorkType.REPAIR)}
"""Of these KPIs the index counts jobs of one type only."""
WAITS = frozenset({HoldReason.PARTS, HoldReason.TOOLS})
DEDUCTIONS = {
    "charged_though_covered": "D-charged-though-covered",
    "work_without_acknowledgement": "D-work-before-quote",
    "charge_above_acknowledged": "D-charge-above",
    "certificate_missing": "D-certificate",
    "replacement_without_evidence": "D-replacement",
    "refund_late": "D-refund",
    "refund_in_breach": "D-refund",
}
"""By the code of the finding: what a person may decide to deduct a point for."""
FORGIVEN = frozenset({Choice.WAIVE, Choice.DISMISS})
EVIDENCE = frozenset(
    {MATERIAL, QUALITY, PROMISE, COMPLAINT, *(name for name, _ in COPIES.values()), *DEDUCTIONS.values()}
)


def of_job(course: Course) -> Iterator[Tally]:
    """Of the order as a whole; what no visit was made for shows nothing."""
    if course.attended and course.ended_at is not None:
        yield Tally(MATERIAL, course.ended_at, int(not _lacked(course)))
        yield Tally(PROMISE, course.ended_at, int(_keeps_promise(course)))
        if course.is_repair:
            refused = "quote_refused" if course.declined else None
            yield Tally(QUALITY, course.ended_at, int(_is_good_repair(course)), excluded=refused)
    if course.job.visits:
        yield from (_complaint(each) for each in course.job.complaints)
    yield from (_deduction(each) for each in course.job.findings if each.code in DEDUCTIONS)


def copies(course: Course, tallies: Iterable[Tally]) -> Iterator[Tally]:
    """KPIs' own tallies once more, where the index counts them for jobs of this type."""
    for tally in tallies:
        name, work_type = COPIES.get(tally.kpi, (None, None))
        if name is not None and course.job.work_type is work_type:
            yield replace(tally, kpi=name)


def _lacked(course: Course) -> bool:
    """Whether it waited, or somebody had to come again, for a part or a tool (K21, K22)."""
    held = any(hold.reason in WAITS for hold in course.job.holds)
    return held or any(_came_short(visit) for visit in course.attended)


def _came_short(visit: Visit) -> bool:
    paused = any(span.paused_for is PauseReason.PARTS for span in visit.work)
    return paused or bool(visit.short or visit.missing_tools)


def _keeps_promise(course: Course) -> bool:
    """A warranty decision with its basis is on record, and no covered line was charged (K30, K12)."""
    decision = course.job.warranty_decision
    charged = standing(course.job, ("charged_though_covered",))
    return decision is not None and bool(decision.basis.strip()) and not charged


def _is_good_repair(course: Course) -> bool:
    """Solved, without a confirmed error, and with a quote before work. That it was repeated is counted elsewhere."""
    erred = any(error.proven for error in course.job.errors)
    return course.solved and not erred and all(_was_quoted(visit) for visit in course.attended if visit.work)


def _was_quoted(visit: Visit) -> bool:
    """Items, price and expected time were told before the work. Work that cost nothing needs no quote."""
    if visit.charged_fen == 0 and not visit.disclosures:
        return True
    began = visit.work[0].started_at
    told = [each for each in visit.disclosures if each.at <= began and each.lines]
    return any(each.expected_finish_at is not None for each in told)


def _complaint(complaint: Complaint) -> Tally:
    """Contact and solution, each within its limit: decided when both are there, or at the first limit missed."""
    contact, solution = (later(complaint.opened_at, limit) for limit in (CONTACT_LIMIT, SOLUTION_LIMIT))
    answered, offered = complaint.answered_at, complaint.solution_offered_at
    if answered is None or answered > contact:
        return Tally(COMPLAINT, contact, 0)
    if offered is None or offered > solution:
        return Tally(COMPLAINT, solution, 0)
    return Tally(COMPLAINT, max(answered, offered), 1)


def _deduction(finding: Finding) -> Tally:
    """A candidate, unless a person forgave the finding; whether a point goes is for a person to say."""
    forgiven = finding.decision is not None and finding.decision.choice in FORGIVEN
    return Tally(DEDUCTIONS[finding.code], finding.at, 1, excluded="forgiven" if forgiven else None)
