"""For whom work is done, and where: customers, their sites, the assets there.

`…Content` is what a person may set, `New…` what creates one, the plain name what the desk reads. A customer's
name, phone and address live here and nowhere else, so that a person can be erased without touching a job's log.
"""

from datetime import date
from uuid import UUID

from msgspec import Struct

from domain.facts.words import CoordinateSystem
from domain.fields import Code, Kilometres, Language, Latitude, Longitude, Name, Phone, Record, Remark, TimeZone
from domain.repair_record.history import PastVisit


class CustomerContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person or household, looked after by one outlet."""

    outlet_id: UUID
    name: Name
    phone: Phone | None = None
    language: Language = Language.CHINESE
    note: Remark | None = None


class NewCustomer(CustomerContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer to create; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None


class Customer(Record, frozen=True, kw_only=True):
    """A person or household: personal data."""

    outlet_id: UUID
    name: str
    phone: str | None
    language: Language
    note: str | None


class SiteContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address. Latitude, longitude and coordinate system are known together or not at all."""

    address: Name
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    coordinate_system: CoordinateSystem | None = None
    time_zone: TimeZone
    distance_km: Kilometres | None = None
    access_note: Remark | None = None

    def __post_init__(self) -> None:
        """Refuse half a position: a point without its coordinate system may be off by hundreds of metres."""
        position = ("latitude", "longitude", "coordinate_system")
        missing = [name for name in position if getattr(self, name) is None]
        if missing and len(missing) < len(position):
            raise ValueError(f"{missing[0]} is missing: {', '.join(position)} are given together or not at all")


class NewSite(SiteContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site to create; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None
    customer_id: UUID


class Site(Record, frozen=True, kw_only=True):
    """Where a customer's assets stand: personal data."""

    customer_id: UUID
    address: str
    latitude: float | None
    longitude: float | None
    coordinate_system: CoordinateSystem | None
    time_zone: str
    distance_km: int | None
    access_note: str | None


class AssetContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An installed product; its warranty starts on the invoice date (R20), or when it was given in exchange (R31).

    It may move with its owner.
    """

    site_id: UUID
    product_code: Code
    serial_number: Name | None = None
    invoiced_on: date | None = None
    installed_on: date | None = None
    exchanged_on: date | None = None
    note: Remark | None = None


class NewAsset(AssetContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An asset to create; with an `id` of the caller's own it may be sent again."""

    id: UUID | None = None


class Asset(Record, frozen=True, kw_only=True):
    """One installed product with its serial number and warranty dates."""

    site_id: UUID
    product_code: str
    serial_number: str | None
    invoiced_on: date | None
    installed_on: date | None
    exchanged_on: date | None
    note: str | None


class SiteCard(Struct, frozen=True, kw_only=True):
    """What a technician needs to find the door and know what stands behind it: personal data, never part of a fact.

    A phone holds the card of a site while it holds one of the site's jobs, and purges it with the last of them.
    `history` tells of earlier visits to the assets, the newest first, within a budget of bytes; `history_is_whole` is
    false where older ones were left out.
    """

    id: UUID
    customer: Customer
    site: Site
    assets: tuple[Asset, ...]
    history: tuple[PastVisit, ...]
    history_is_whole: bool
