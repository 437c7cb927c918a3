"""Improvement actions: plan, do, check, act. Each is about one KPI of a place and a period, before and after."""

import enum
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.fields import Code, Name, Record, Remark

Day = Annotated[date, Meta(description="In site time, YYYY-MM-DD")]


class ImprovementState(enum.StrEnum):
    """Where the action stands in its loop; `done` is checked and made the rule, `dropped` was given up."""

    PLANNED = "planned"
    DOING = "doing"
    CHECKED = "checked"
    DONE = "done"
    DROPPED = "dropped"


class ImprovementContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to get better, where, who sees to it until when, and what came of it.

    Without an outlet it is about the whole organisation. The period is the one that gave cause; its figure, `before`,
    is taken when the action is created, from a snapshot where one is named. `after` is taken when a second period or
    snapshot is named, and stays as it was taken until another one is named.
    """

    kpi: Code
    outlet_id: UUID | None = None
    first_day: Day
    last_day: Day
    title: Name
    cause: Remark | None = None
    action: Remark
    owner_id: UUID
    due_on: Day
    state: ImprovementState = ImprovementState.PLANNED
    before_snapshot_id: UUID | None = None
    after_first_day: Day | None = None
    after_last_day: Day | None = None
    after_snapshot_id: UUID | None = None
    conclusion: Remark | None = None


class NewImprovement(ImprovementContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action to create; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None


class TakenFigure(Struct, frozen=True, kw_only=True):
    """A figure as it was taken, `at` which moment, and from which snapshot if from one."""

    first_day: date
    last_day: date
    snapshot_id: UUID | None
    at: datetime
    numerator: int
    denominator: int
    value_hundredths: int | None
    interval_low_hundredths: int | None
    interval_high_hundredths: int | None
    target_hundredths: int | None
    passed: bool | None
    small_sample: bool
    provisional: bool


class Improvement(Record, frozen=True, kw_only=True):
    """An improvement action with its two figures."""

    kpi: str
    outlet_id: UUID | None
    first_day: date
    last_day: date
    title: str
    cause: str | None
    action: str
    owner_id: UUID
    due_on: date
    state: ImprovementState
    before_snapshot_id: UUID | None
    after_first_day: date | None
    after_last_day: date | None
    after_snapshot_id: UUID | None
    conclusion: str | None
    opened_by: UUID
    opened_at: datetime
    before: TakenFigure
    after: TakenFigure | None


def misfits(content: ImprovementContent) -> dict[str, str]:
    """The fields whose values cannot be meant, each with what is wrong."""
    found: dict[str, str] = {}
    if content.last_day < content.first_day:
        found["/last_day"] = "ends_before_it_begins"
    after = (content.after_first_day, content.after_last_day)
    if None in after and after != (None, None):
        found["/after_last_day" if after[1] is None else "/after_first_day"] = "missing"
    elif after[0] is not None and after[1] is not None and after[1] < after[0]:
        found["/after_last_day"] = "ends_before_it_begins"
    if content.due_on < content.first_day:
        found["/due_on"] = "ends_before_it_begins"
    if content.state is ImprovementState.DONE and content.after_snapshot_id is None and None in after:
        found["/state"] = "after_missing"
    return found
