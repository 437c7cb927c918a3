"""One order as its plot has it, from the request to the last visit; `aftercare` tells the rest."""

from datetime import date, datetime, timedelta
from random import Random

from msgspec.structs import replace

from service.seed.volume.aftercare import cared_for
from service.seed.volume.crew import Rota
from service.seed.volume.days import minutes, next_morning
from service.seed.volume.plots import Plot
from service.seed.volume.records import (
    Exclusion,
    Hold,
    Household,
    Order,
)
from service.seed.volume.requests import requested
from service.seed.volume.scene import Scene
from service.seed.volume.visit_records import CallOff, Visit
from service.seed.volume.visiting import Errand, after_no_show, called_off, visits_of

NEVER_VISITED = ("test", "duplicate", "outside")
EXCLUDED_AS = {"test": "test", "duplicate": "duplicate", "outside": "outside_service_area"}
OUTCOMES = {
    "no_fault": "no_fault_found",
    "temporary": "temporary",
    "unable": "unable",
    "withdrawn": "unable",
    "declined": "customer_declined",
    "no_access": "no_access",
}


def order_of(draw: Random, rota: Rota, plot: Plot, number: str, day: date, at_home: Household) -> Order:
    """Everything that became of one request."""
    plot = _made_possible(plot)
    order = requested(draw, plot, number, day, at_home)
    if plot["fate"] in NEVER_VISITED:
        return _left_out(draw, plot, order)
    if plot["response"] == "nobody":
        return _forgotten(draw, plot, order)
    order = _with_visits(draw, rota, plot, order)
    if plot["fate"] == "force_majeure":
        storm = Exclusion(
            at=next_morning(order.visits[0].promises[-1].end, hour=11),
            reason="force_majeure",
            approved=draw.random() < 0.7,
        )
        order = replace(order, exclusions=(storm,))
    return cared_for(draw, plot, order)


def _made_possible(plot: Plot) -> Plot:
    """The plot without what does not go together."""
    changed = dict(plot)
    if plot["work"] != "repair":
        changed |= {"second": "planned" if plot["second"] == "planned" else "none"}
    if plot["fate"] == "declined" and (plot["work"] != "repair" or plot["warranty"] != "paid"):
        changed |= {"fate": "goes_well"}
    if plot["fate"] in ("no_fault", "temporary") and plot["work"] not in ("repair", "complaint_visit"):
        changed |= {"fate": "goes_well"}
    if plot["fate"] != "goes_well":
        changed |= {"second": "none"}
    if plot["fate"].startswith("cancelled") or plot["fate"] == "withdrawn":
        changed |= {"move": "none"}
    return changed


def _left_out(draw: Random, plot: Plot, order: Order) -> Order:
    """No true request: left out of figures, and closed by the company. What was certain before stays counted."""
    at = order.requested_at + minutes(draw.choice([2.5, 45, 90]))
    left_out = Exclusion(at=at, reason=EXCLUDED_AS[plot["fate"]], approved=False)
    return replace(order, exclusions=(left_out,), cancelled=CallOff(at=at + minutes(1), side="company"))


def _forgotten(draw: Random, plot: Plot, order: Order) -> Order:
    """Nobody took it up; the customer, or the company, may have cancelled it before or after the limit."""
    if not plot["fate"].startswith("cancelled"):
        return order
    side = "customer" if plot["fate"] == "cancelled_by_customer" else "company"
    waits = [minutes(40), next_morning(order.requested_at, days=2) - order.requested_at]
    return replace(order, cancelled=CallOff(at=order.requested_at + draw.choice(waits), side=side))


def _with_visits(draw: Random, rota: Rota, plot: Plot, order: Order) -> Order:
    taken_up = [each.at for each in order.replies if each.means != "automatic"]
    planned_at = max((*taken_up, order.recorded_at + minutes(5))) + minutes(3)
    accepted_at = None
    if plot["response"] == "by_acceptance" and order.urgent:
        accepted_at = order.requested_at + minutes(draw.choice([20, 45, 60, 61, 90]))
        planned_at = order.recorded_at + minutes(5)
    urgent = order.urgent or bool(order.priority_changes)
    errand = Errand(scene=_scene(plot, order), planned_at=planned_at, is_urgent=urgent, accepted_at=accepted_at)
    visits = visits_of(draw, rota, errand)
    if plot["fate"].startswith("cancelled"):
        return _cancelled(draw, plot, replace(order, visits=visits))
    return _with_further_visits(draw, rota, plot, replace(order, visits=visits))


def _scene(plot: Plot, order: Order, outcome: str | None = None) -> Scene:
    first = "needs_revisit" if plot["second"] != "none" else OUTCOMES.get(plot["fate"], "solved")
    return Scene(
        plot=plot,
        work_type=order.work_type,
        outlet=order.outlet,
        product=order.product,
        warranty=order.warranty,
        special=order.special_work,
        outcome=outcome or first,
        short=plot["second"].startswith("parts") or plot["second"] == "stuck",
    )


def _cancelled(draw: Random, plot: Plot, order: Order) -> Order:
    """Before the visit, or the morning after nobody came."""
    side = "customer" if plot["fate"] == "cancelled_by_customer" else "company"
    visit = order.visits[-1]
    missed = plot["arrival"] == "no_show" or draw.random() < 0.15
    at = next_morning(visit.promises[-1].end, hour=10) if missed else visit.planned_at + minutes(1)
    if draw.random() < 0.5:
        return replace(
            order, visits=(*order.visits[:-1], replace(visit, attendance=None)), cancelled=CallOff(at=at, side=side)
        )
    off = called_off(visit, side, at)
    return replace(order, visits=(*order.visits[:-1], off), cancelled=CallOff(at=at + minutes(1), side=side))


def _with_further_visits(draw: Random, rota: Rota, plot: Plot, order: Order) -> Order:
    """A second visit where the first did not do, or nobody came; with what the order waited for in between."""
    last = order.visits[-1]
    if last.attendance is None:
        missed, planned_at = after_no_show(last)
        order = replace(order, visits=(*order.visits[:-1], missed))
        return _again(draw, rota, plot, order, planned_at, _scene(plot, order).outcome)
    if plot["fate"] == "no_access":
        return _again(draw, rota, plot, order, next_morning(last.attendance.pushed_at, hour=9), "solved")
    if plot["second"] in ("none", "stuck"):
        return order
    morning = next_morning(last.attendance.pushed_at, hour=9, minute=20)
    order = replace(order, holds=_holds(plot, morning))
    return _again(draw, rota, plot, order, morning + minutes(30), "solved")


def _holds(plot: Plot, morning: datetime) -> tuple[Hold, ...]:
    if plot["second"] == "planned":
        return ()
    reason = "customer" if plot["second"] == "customer" else "parts"
    released = morning + timedelta(hours=3) if plot["second"] == "parts_released" else None
    return (Hold(at=morning, reason=reason, released_at=released),)


def _again(draw: Random, rota: Rota, plot: Plot, order: Order, planned_at: datetime, outcome: str) -> Order:
    """Another visit, made as promised."""
    scene = _scene({**plot, "fate": "goes_well"} if outcome == "solved" else plot, order, outcome)
    errand = Errand(scene=scene, planned_at=planned_at, is_urgent=False, plain=True)
    further: tuple[Visit, ...] = visits_of(draw, rota, errand)
    return replace(order, visits=(*order.visits, *further))
