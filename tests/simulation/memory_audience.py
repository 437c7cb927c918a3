"""Who may hold a job on the server in memory, by the project's own rule."""

from uuid import UUID

from domain.job.document import Job
from domain.scope import holders


def told(old: Job, new: Job) -> dict[tuple[UUID, UUID], tuple[bool, str | None]]:
    """Who may hold the job now, and who held it and may not any more."""
    gone = "reassigned" if new.closed_at is None else "closed"
    lost = {scope: gone for scope, reason in scopes(old).items() if reason is None}
    return {(scope, new.id): (reason is None, reason) for scope, reason in {**lost, **scopes(new)}.items()}


def scopes(job: Job) -> dict[UUID, str | None]:
    """The outlet always; each technician with the reason why the job is withdrawn from them, if it is."""
    outlet: dict[UUID, str | None] = {} if job.outlet_id is None else {job.outlet_id: None}
    return {**outlet, **holders(job)}
