"""Examples for the contract, out of the sample company: what is pasted from the documentation works on the demo."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from msgspec import Struct, convert, structs

from domain.customers import Asset, Customer, NewAsset, NewCustomer, NewSite, Site
from domain.facts.words import CoordinateSystem, SpecialWork
from domain.fields import Area, Item, Record
from domain.outlets import NewOutlet, Outlet
from domain.people.actor import Role
from domain.people.members import Absence, Member, MemberCertificate, NewAbsence, NewCertificate, NewMember
from service.http.paging import Slice
from service.seed.company import catalogue_items, sample_id
from service.store.catalogue.kinds import Entry

Kind = TypeVar("Kind", bound=Record)
Content = TypeVar("Content", bound=Struct)
PageOf = TypeVar("PageOf", bound=Slice[Any])
EntryOf = TypeVar("EntryOf", bound=Entry[Any])

NEW_OUTLET = NewOutlet(
    id=sample_id("outlet", "HZ02"),
    code="HZ02",
    name="西湖服务站",
    city="杭州",
    area=Area.CITY,
    latitude=30.27,
    longitude=120.15,
    coordinate_system=CoordinateSystem.WGS84,
    time_zone="Asia/Shanghai",
    complaint_line="100-0000-0001",
)
NEW_MEMBER = NewMember(
    id=sample_id("member", "HZ0120"),
    login="HZ0120",
    name="西湖服务站 工程师",
    role=Role.TECHNICIAN,
    outlet_ids=(sample_id("outlet", "HZ01"),),
    skills=("refrigeration", "electricity"),
)
NEW_CERTIFICATE = NewCertificate(
    id=sample_id("certificate", "T-HZ0112-GAS"),
    member_id=sample_id("member", "HZ0112"),
    kind=SpecialWork.GAS,
    number="T-HZ0112-GAS",
    valid_from=date(2025, 3, 1),
    valid_until=date(2031, 2, 28),
    review_due_on=date(2028, 2, 29),
)
NEW_ABSENCE = NewAbsence(
    id=sample_id("absence", "HZ0112/2025-07-21"),
    member_id=sample_id("member", "HZ0112"),
    starts_at=datetime(2025, 7, 20, 16, tzinfo=UTC),
    ends_at=datetime(2025, 7, 21, 16, tzinfo=UTC),
    reason="年假",
)
NEW_CUSTOMER = NewCustomer(
    id=sample_id("customer", "顾客 021"),
    outlet_id=sample_id("outlet", "HZ01"),
    name="顾客 021",
    phone="100-1000-0021",
)
NEW_SITE = NewSite(
    id=sample_id("site", "顾客 021"),
    customer_id=sample_id("customer", "顾客 001"),
    address="杭州市西湖区示例路 21 号 1 幢 101 室",
    latitude=30.27,
    longitude=120.15,
    coordinate_system=CoordinateSystem.WGS84,
    time_zone="Asia/Shanghai",
    distance_km=4,
)
NEW_ASSET = NewAsset(
    id=sample_id("asset", "LS-KF35-0211"),
    site_id=sample_id("site", "顾客 001"),
    product_code="LS-KF35",
    serial_number="LS-KF35-0211",
    invoiced_on=date(2025, 3, 1),
)


def stored(kind: type[Kind], new: Struct) -> Kind:
    """What creating `new` answers."""
    return convert({**structs.asdict(new), "version": 1}, kind)


def content(kind: type[Content], new: Struct) -> Content:
    """What a change to `new` sends."""
    return kind(**{name: getattr(new, name) for name in kind.__struct_fields__})


OUTLET = stored(Outlet, NEW_OUTLET)
MEMBER = stored(Member, NEW_MEMBER)
CERTIFICATE = stored(MemberCertificate, NEW_CERTIFICATE)
ABSENCE = stored(Absence, NEW_ABSENCE)
CUSTOMER = stored(Customer, NEW_CUSTOMER)
SITE = stored(Site, NEW_SITE)
ASSET = stored(Asset, NEW_ASSET)


def page(kind: type[PageOf], item: Struct) -> PageOf:
    """A list that ends after one item."""
    return kind(items=(item,), next_cursor=None, has_more=False)


def item(kind: type[Item]) -> Item:
    """The sample catalogue's first item of the kind."""
    return next(each for each in catalogue_items() if isinstance(each, kind))


def entry(kind: type[EntryOf], of: type[Item]) -> EntryOf:
    """The sample catalogue's first item of the kind, as stored."""
    return kind(version=1, item=item(of))
