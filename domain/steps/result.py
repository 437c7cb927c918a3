"""What a step answers: the job, or the visit, as the fact leaves it, and the rules that the fact breaks."""

from domain.cases.findings import BrokenRule
from domain.job.document import Job
from domain.job.visit import Visit

JobStep = tuple[Job, list[BrokenRule]]
VisitStep = tuple[Visit, list[BrokenRule]]
