"""(i) Whoever is judged by a plan does not choose by what: the server completes each plan that a technician made."""

from collections.abc import Iterator

from tests.simulation.checker.claims import FROZEN
from tests.simulation.checker.violation import Violation
from tests.simulation.ledger import Json, Ledger
from tests.simulation.port import Final
from tests.simulation.world import Company

ADDED = "plan_frozen"


def completed(company: Company, ledger: Ledger, final: Final) -> Iterator[Violation]:
    """Once where there is a catalogue, right after the plan and in its author's name, and shown with the plan."""
    own = {typed.id for typed in ledger.typed if typed.kind == "visit_planned" and typed.role == "technician"}
    for job_id, log in final.facts.items():
        planned = [line for line in log if "visit_planned" in line["record"]]
        plans = {line["record"]["id"]: line for line in planned if line["record"]["id"] in own}
        added = added_by_the_server(ledger, log)
        yield from _right_after(plans, added)
        for fact_id, plan in plans.items():
            mine = [line for line in added if line["record"][ADDED]["plan_fact_id"] == fact_id]
            if len(mine) != int(company.has_catalogue):
                yield Violation("i", fact_id, f"an own plan was completed {len(mine)} times")
            yield from _shown(final.documents[job_id], plan, [line["record"][ADDED] for line in mine])


def added_by_the_server(ledger: Ledger, log: list[Json]) -> list[Json]:
    """The lines that complete a plan and that nobody typed."""
    typed = {each.id for each in ledger.typed}
    return [line for line in log if ADDED in line["record"] and line["record"]["id"] not in typed]


def _right_after(plans: dict[str, Json], added: list[Json]) -> Iterator[Violation]:
    for line in added:
        plan = plans.get(line["record"][ADDED]["plan_fact_id"])
        if plan is None:
            yield Violation("i", line["record"]["id"], "completes no technician's plan in this job")
        elif (line["log_number"], line["author_id"]) != (plan["log_number"] + 1, plan["author_id"]):
            yield Violation("i", line["record"]["id"], "does not follow the plan that it completes")


def _shown(document: Json, plan: Json, frozen: list[Json]) -> Iterator[Violation]:
    """Where the typed plan stands, so does what was frozen for it, and nothing that its author chose.

    Where there is no catalogue, nothing was frozen, and what they chose is what there is.
    """
    record = plan["record"]
    visit_id = record.get("visit_id") or record["id"]
    visit: Json = next((each for each in document["visits"] if each["id"] == visit_id), {})
    shown, told = visit.get("plan"), record["visit_planned"]
    own = {name: value for name, value in told.items() if name not in FROZEN}
    if shown is None or own != {name: shown.get(name) for name in own}:
        return
    for each in frozen or [told]:
        for name in FROZEN:
            wanted = each[name] or told[name] if name == "price_list_code" else each[name]
            if shown[name] != wanted:
                yield Violation("i", record["id"], f"is shown with another {name} than was frozen for it")
