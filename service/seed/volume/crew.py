"""The 24 technicians: the six of the sample company, and eighteen that only have a badge number."""

from collections.abc import Iterable
from datetime import date
from random import Random

from msgspec import Struct

from service.seed.company import company
from service.seed.volume.days import SLOTS
from service.seed.volume.visit_records import Certificate

TEAMS = {"HZ01": ("西湖服务站", 10), "SZ01": ("姑苏服务站", 8), "JX01": ("南湖服务站", 6)}
FIRST_BADGE = 41
VISITS_A_DAY = len(SLOTS)
_VALID = {"valid_from": date(2024, 3, 1), "valid_until": date(2030, 2, 28)}


class Technician(Struct, frozen=True, kw_only=True):
    """Somebody who goes to customers. `is_new` where the sample company does not know them yet."""

    login: str
    name: str
    outlet: str
    skills: tuple[str, ...]
    certificates: tuple[Certificate, ...]
    is_new: bool


class Rota:
    """Who is to be where: nobody in two places at once, and whoever is out already goes on."""

    def __init__(self) -> None:
        self.crew = crew()
        self.taken: dict[tuple[str, date], set[int]] = {}

    def book(self, draw: Random, outlet: str, day: date, special: Iterable[str], slot: int | None = None) -> str:
        """A technician with these certificates, if one is free: the slot that was asked for, or their first."""
        team = [each for each in self.crew if each.outlet == outlet]
        fit = [each for each in team if set(special) <= {held.kind for held in each.certificates}] or team
        free = [each for each in fit if self._slots(each.login, day, slot)] or [
            each for each in team if self._slots(each.login, day, slot)
        ]
        if not free:
            free = team
        busiest = max(len(self.taken.get((each.login, day), ())) for each in free)
        return draw.choice([each for each in free if len(self.taken.get((each.login, day), ())) == busiest]).login

    def take(self, login: str, day: date, slot: int | None = None) -> int:
        """The slot of that technician's day; beyond the last one the day grows over into the evening's last."""
        free = self._slots(login, day, slot) or self._slots(login, day, None) or [VISITS_A_DAY - 1]
        self.taken.setdefault((login, day), set()).add(free[0])
        return free[0]

    def technician(self, login: str) -> Technician:
        return next(each for each in self.crew if each.login == login)

    def _slots(self, login: str, day: date, slot: int | None) -> list[int]:
        taken = self.taken.get((login, day), set())
        return [each for each in range(VISITS_A_DAY) if each not in taken and slot in (None, each)]


def crew() -> tuple[Technician, ...]:
    """Everybody, outlet by outlet."""
    known = [each for outlet in TEAMS for each in _known(outlet)]
    return tuple(sorted([*known, *_newcomers(known)], key=lambda each: each.login))


def _known(outlet: str) -> list[Technician]:
    told = company()
    return [
        Technician(
            login=member.login,
            name=member.name,
            outlet=outlet,
            skills=member.skills,
            certificates=tuple(
                Certificate(
                    kind=each.kind.value,
                    number=each.number,
                    valid_from=each.valid_from,
                    valid_until=min(each.valid_until, each.review_due_on or each.valid_until),
                )
                for each in told.certificates
                if each.login == member.login
            ),
            is_new=False,
        )
        for member in told.members
        if member.role == "technician" and outlet in member.outlets
    ]


def _newcomers(known: Iterable[Technician]) -> list[Technician]:
    there = [each.outlet for each in known]
    return [
        _newcomer(outlet, place, number)
        for outlet, (place, size) in TEAMS.items()
        for number in range(there.count(outlet) + 1, size + 1)
    ]


def _newcomer(outlet: str, place: str, number: int) -> Technician:
    login = f"{outlet}{FIRST_BADGE + number}"
    kinds = ("electricity", "refrigeration", "gas", *(("height",) if number % 2 else ()))
    return Technician(
        login=login,
        name=f"{place} 技师 {number:02}",
        outlet=outlet,
        skills=kinds,
        certificates=tuple(Certificate(kind=kind, number=f"T-{login}-{kind.upper()}", **_VALID) for kind in kinds),
        is_new=True,
    )
