"""How an order begins: the request, who took it up, how urgent it was, what warranty covers."""

from datetime import date, datetime, timedelta
from random import Random

from msgspec.structs import replace

from service.seed.volume import goods
from service.seed.volume.days import minutes, moment
from service.seed.volume.plots import Plot
from service.seed.volume.records import (
    Household,
    Order,
    PriorityChange,
    Reply,
    WarrantyDecision,
)


def requested(draw: Random, plot: Plot, number: str, day: date, at_home: Household) -> Order:
    urgent = plot["priority"] in ("urgent", "lowered")
    last_hour = 12 if urgent or plot["priority"] == "raised" else 16
    at = moment(day, draw.randint(8, last_hour), draw.randint(30, 59) if last_hour == 8 else draw.randint(0, 29))
    at += timedelta(seconds=draw.randint(0, 59))
    group = goods.group_of(at_home.product)
    order = Order(
        number=number,
        outlet=at_home.outlet,
        work_type=plot["work"],
        product=at_home.product,
        asset=at_home.asset,
        symptom=draw.choice(goods.symptoms(group)) if plot["work"] in ("repair", "complaint_visit") else None,
        warranty="covered_whole" if plot["warranty"] == "covered" else "paid",
        special_work=_special(plot, group),
        urgent=urgent,
        requested_at=at,
        recorded_at=at + timedelta(seconds=20),
    )
    changes = _priority_changes(plot, at)
    return replace(order, replies=_replies(draw, plot, order), priority_changes=changes, decision=_decision(plot, at))


def _special(plot: Plot, group: str) -> tuple[str, ...]:
    if plot["special"] == "none" or plot["work"] == "guide":
        return ()
    if plot["special"] == "uncertified":
        return ("welding",)
    return goods.SPECIAL.get(group, ("electricity",))


def _priority_changes(plot: Plot, at: datetime) -> tuple[PriorityChange, ...]:
    """Raised by a dispatcher before the visit; lowered by a supervisor within the hour."""
    if plot["priority"] == "raised":
        return (PriorityChange(at=at + minutes(3), now="urgent", by_supervisor=False),)
    if plot["priority"] == "lowered":
        return (PriorityChange(at=at + minutes(6), now="normal", by_supervisor=True),)
    return ()


def _decision(plot: Plot, at: datetime) -> WarrantyDecision | None:
    if plot["decision"] == "none":
        return None
    covered = plot["warranty"] == "covered"
    return WarrantyDecision(at=at + minutes(3), covered=covered, shown=plot["decision"] == "shown")


def _replies(draw: Random, plot: Plot, order: Order) -> tuple[Reply, ...]:
    at, urgent = order.requested_at, order.urgent
    soon = draw.randint(5, 50) if urgent else draw.randint(4, 85)
    waits = {
        "called": minutes(soon),
        "remote": minutes(soon),
        "called_late": minutes(draw.randint(61, 100)) if urgent else timedelta(hours=24, minutes=draw.randint(1, 60)),
    }
    replies = [Reply(at=at + minutes(1), means="automatic")] if plot["response"] == "by_acceptance" else []
    if plot["response"] in waits:
        means = "diagnosed_remotely" if plot["response"] == "remote" else "called"
        replies.append(Reply(at=at + waits[plot["response"]], means=means))
    return (*replies, *_intake(plot, at))


def _intake(plot: Plot, at: datetime) -> tuple[Reply, ...]:
    """What the call centre's system told of the very first contact."""
    if plot["intake"] == "none" or plot["response"] in ("nobody", "called_late"):
        return ()
    if plot["intake"] == "automatic":
        return (Reply(at=at + minutes(2), means="automatic", imported=True),)
    solved = {"solved": True, "unsolved": False}.get(plot["intake"])
    return (Reply(at=at + minutes(3), means="called", imported=True, solved=solved),)
