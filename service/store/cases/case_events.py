"""Cases as events for other systems: the statement that saves or decides a case also writes its event.

Nothing is compared, and nothing costs time, while the organisation has no webhook.
"""

from sqlalchemy import Insert, Update, bindparam, insert, select, text
from sqlalchemy import Uuid as UuidType

from service.store.sets import any_of, rows_of
from service.store.tables import cases, events

_NAMES = ["org_id", "id", "kind", "job_id", "outlet_id", "data"]
_HEARD = text("EXISTS (SELECT FROM webhooks w WHERE w.org_id = :of_org)")
_DATA = """jsonb_build_object('job_id', c.job_id, 'outlet_id', c.outlet_id,
    'case_id', c.id, 'case_kind', c.kind, 'code', c.code)"""
# A finding or conflict decided once more, otherwise, is news; the rest of its body may change by itself.
_DECISION = "convert_from({}.body, 'UTF8')::jsonb -> 'decision'"
_NEW_BESIDE_EARLIER = "c LEFT JOIN e ON e.id = c.id CROSS JOIN (VALUES ('case.opened'), ('case.decided')) n (kind)"
_IS_NEWS = f"""CASE
    WHEN c.state NOT IN ('open', 'decided') THEN false
    WHEN n.kind = 'case.opened' THEN
        coalesce(e.state, 'cleared') = 'cleared' OR (c.state, e.state) = ('open', 'decided')
    WHEN c.state = 'open' THEN false
    ELSE e.state IS DISTINCT FROM 'decided' OR {_DECISION.format("e")} IS DISTINCT FROM {_DECISION.format("c")} END"""


def with_events(save: Insert) -> Insert:
    """The statement `save`, extended to write the events of its rows; `of_org` binds the organisation."""
    given = rows_of(cases, "id", "kind", "code", "outlet_id", "job_id", "state", "body").cte("c")
    known = (cases.c.org_id == bindparam("of_org", type_=UuidType)) & (cases.c.id == any_of("id"))
    earlier = select(cases.c.id, cases.c.state, cases.c.body).where(known).cte("e")
    news = (
        select(text(f":of_org, gen_random_uuid(), n.kind, c.job_id, c.outlet_id, {_DATA}"))
        .select_from(text(_NEW_BESIDE_EARLIER))
        .where(_HEARD, text(_IS_NEWS))
        .order_by(text("c.id, n.kind DESC"))
    )
    return insert(events).from_select(_NAMES, news).add_cte(given, earlier, save.cte("saved"))


def with_decided_events(decide: Update) -> Insert:
    """The statement `decide`, extended to write an event of each marked case; `of_org` binds the organisation."""
    row = cases.c
    decided = decide.returning(row.id, row.kind, row.code, row.outlet_id, row.job_id).cte("c")
    news = (
        select(text(f":of_org, gen_random_uuid(), 'case.decided', c.job_id, c.outlet_id, {_DATA}"))
        .select_from(text("c"))
        .where(_HEARD)
        .order_by(text("c.id"))
    )
    return insert(events).from_select(_NAMES, news).add_cte(decided)
