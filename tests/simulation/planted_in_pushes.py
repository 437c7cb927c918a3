"""Bugs planted into what the server knows of a push besides its facts: what came together, and own plans completed."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain import facts
from domain.steps import frozen_plans
from service.recording import own_plans
from tests.simulation.planted_in_sync import Plant, everywhere


def every_push_taken_for_one(patch: pytest.MonkeyPatch) -> None:
    """Whatever bears a device's number counts as come in one push, and so from one phone."""
    patch.setattr(facts, "_came_with", lambda later, earlier: earlier.log_number < later.log_number)


def own_plans_left_as_they_are(patch: pytest.MonkeyPatch) -> None:
    """A plan that a technician made is judged by nothing."""
    everywhere(patch, own_plans.followed, lambda group, *_: iter(group))


def own_plans_judged_by_their_own_words(patch: pytest.MonkeyPatch) -> None:
    """What the server froze is in the log, and the plan says what its author chose."""
    everywhere(patch, frozen_plans.completed, lambda fact, _frozen: fact)


def only_new_jobs_own_plans_completed(patch: pytest.MonkeyPatch) -> None:
    """A plan in a job that is there already is overlooked."""
    real = own_plans.followed

    def followed(group: Any, job: Any, *more: Any) -> Iterator[Any]:
        return real(group, job, *more) if job is None else iter(group)

    everywhere(patch, real, followed)


IN_PUSHES: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        *(every_push_taken_for_one, own_plans_left_as_they_are, own_plans_judged_by_their_own_words),
        only_new_jobs_own_plans_completed,
    )
}
