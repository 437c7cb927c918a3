"""A job closed, and opened again."""

from msgspec.structs import replace

from domain.cases.findings import broken, is_blocked
from domain.facts import Fact
from domain.facts.desk import JobClosed, JobReopened
from domain.job.cases import Blocks
from domain.job.document import Job
from domain.steps.invoices import invoice_gap
from domain.steps.result import JobStep


def closed(job: Job, fact: Fact, _body: JobClosed) -> JobStep:
    """The loop is closed; open cases at that moment are a finding (G6), and so is an invoice still owed (R07)."""
    job = replace(job, closed_at=fact.corrected_at, reopened_at=None)
    found = [broken("closed_with_open_cases")] if is_blocked(job, Blocks.CLOSING) else []
    return job, [*found, *invoice_gap(job)]


def reopened(job: Job, fact: Fact, _body: JobReopened) -> JobStep:
    """The promise stands again, also after a cancellation."""
    return replace(job, closed_at=None, cancellation=None, reopened_at=fact.corrected_at), []
