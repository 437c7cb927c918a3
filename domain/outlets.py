"""The company and its branches.

`…Content` is what a person may set, `New…` what creates one, the plain name what the desk reads.
"""

from uuid import UUID

from msgspec import Struct

from domain.facts.words import CoordinateSystem
from domain.fields import Area, Code, Language, Latitude, Longitude, Name, Phone, Record, TimeZone
from domain.warranty.claim import LABOUR_DAYS, PART_DAYS, PromisedDays


class OrganisationContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A company, and the tenant of everything in it; people type its code when they sign in."""

    code: Code
    name: Name
    language: Language
    time_zone: TimeZone


class OutletContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A branch: its position decides distances, its area which fees of a price list hold.

    What it answers for after a repair: its labour so many days, a part so many where the part promises nothing itself.
    Thirty days are the floor (R29); the defaults are the product's.
    """

    code: Code
    name: Name
    city: Name
    area: Area
    latitude: Latitude
    longitude: Longitude
    coordinate_system: CoordinateSystem
    time_zone: TimeZone
    complaint_line: Phone
    labour_guarantee_days: PromisedDays = LABOUR_DAYS
    part_guarantee_days: PromisedDays = PART_DAYS


class NewOutlet(OutletContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outlet to create; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None


class Outlet(Record, frozen=True, kw_only=True):
    """A branch with its dispatchers and technicians."""

    code: str
    name: str
    city: str
    area: Area
    latitude: float
    longitude: float
    coordinate_system: CoordinateSystem
    time_zone: str
    complaint_line: str
    labour_guarantee_days: int
    part_guarantee_days: int
