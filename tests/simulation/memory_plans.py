"""Technicians' own plans on the server in memory, completed by the project's own rule."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.people.actor import Role
from service.recording.own_plans import followed
from sync.candidates import Candidate
from tests.simulation.memory_data import Data


def completed(data: Data, groups: Mapping[UUID, Sequence[Candidate]]) -> dict[UUID, list[Candidate]]:
    """Each plan that a technician made is followed by what it is judged by, where there is a catalogue."""
    return {job_id: _completed(data, job_id, group) for job_id, group in groups.items()}


def _completed(data: Data, job_id: UUID, group: Sequence[Candidate]) -> list[Candidate]:
    if group[0].author.role is not Role.TECHNICIAN or not data.catalogue:
        return list(group)
    stored = data.jobs.get(job_id)
    return list(followed(group, None if stored is None else stored.state.job, data.catalogue, ()))
