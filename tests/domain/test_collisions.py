"""Collisions of one technician's visits, and the cases that ask about them: one for each, and none twice."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.cases.collisions import Asked, Collision, TakenHours, collision, visits_of, waiting

MORNING = datetime(2026, 12, 7, 9, tzinfo=UTC)
TECHNICIAN = UUID(int=1)


def hours(name: str, starts: int = 0) -> TakenHours:
    at = MORNING + timedelta(minutes=starts)
    number = UUID(int=ord(name))
    return TakenHours(
        job_id=number,
        job_number=name,
        outlet_id=TECHNICIAN,
        visit_id=number,
        starts_at=at,
        ends_at=at + timedelta(hours=1),
    )


def of(names: str) -> Collision:
    return collision(TECHNICIAN, [hours(name, 30 * place) for place, name in enumerate(names)])


def asked(number: int, names: str, *, is_decided: bool = False) -> Asked:
    return Asked(UUID(int=number), MORNING + timedelta(days=number), is_decided, visits_of(of(names)))


def asking(collisions: str, *cases: Asked) -> list[tuple[str, int | None]]:
    """By the names of their visits, the collisions that wait, and the case that asks about each already."""
    found = waiting([of(names) for names in collisions.split()], cases)
    return [
        ("".join(each.job_number for each in collided.visits), None if case is None else case.case_id.int)
        for collided, case in found
    ]


def test_a_collision_lasts_from_its_first_beginning_to_its_last_end() -> None:
    long = collision(TECHNICIAN, [hours("A"), hours("B", 15)])

    assert (long.starts_at, long.ends_at) == (MORNING, MORNING + timedelta(minutes=75))
    assert long.visit_count == 2


def test_a_case_stays_with_its_collision_whoever_joins_or_leaves() -> None:
    assert asking("ABC", asked(1, "AB")) == [("ABC", 1)]
    assert asking("BC", asked(1, "ABC")) == [("BC", 1)]
    assert asking("AB CD", asked(2, "CD"), asked(1, "AB")) == [("AB", 1), ("CD", 2)]


def test_of_two_cases_whose_collisions_grew_together_the_older_one_asks_on() -> None:
    assert asking("ABCD", asked(2, "AB"), asked(1, "CD")) == [("ABCD", 1)]


def test_a_collision_that_falls_apart_is_asked_about_by_its_case_and_a_new_one() -> None:
    assert asking("AB CD", asked(1, "ABCD")) == [("AB", 1), ("CD", None)]


def test_what_was_decided_is_asked_again_only_when_a_visit_joins() -> None:
    decided = asked(1, "ABC", is_decided=True)

    assert asking("ABC", decided) == []
    assert asking("AC", decided) == []
    assert asking("ABCD", decided) == [("ABCD", None)]
    assert asking("ABCD", decided, asked(2, "AD")) == [("ABCD", 2)]
    assert asking("DE", decided) == [("DE", None)]
