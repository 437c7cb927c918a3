"""The sample company as files tell it. Each id is derived from a code, so that it is the same wherever it is seeded."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from domain.catalogue import Checklist, FaultCode, Part, PriceList, Product
from domain.customers import AssetContent, CustomerContent, SiteContent
from domain.fields import Item
from domain.outlets import OrganisationContent, OutletContent
from domain.people.members import CertificateContent, MemberContent
from domain.stock import StockOperationKind

NAMESPACE = UUID("6d0c5c2e-8f0b-5b0a-9c36-2f1a0a6e1b75")
FILES = Path(__file__).parent

Kind = TypeVar("Kind")


class SampleMember(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member with outlets by code; no outlet means all of them."""

    login: str
    name: str
    role: str
    outlets: tuple[str, ...]
    team: str | None
    skills: tuple[str, ...]


class SampleCertificate(CertificateContent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate of the member with this login."""

    login: str


class Company(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who works where."""

    organisation: OrganisationContent
    outlets: tuple[OutletContent, ...]
    members: tuple[SampleMember, ...]
    certificates: tuple[SampleCertificate, ...]


class SampleAsset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An appliance, named by its serial number."""

    product_code: str
    serial_number: str
    invoiced_on: str
    installed_on: str


class SampleCustomer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A household with one site; positions are WGS84."""

    outlet: str
    name: str
    phone: str
    address: str
    latitude: float
    longitude: float
    distance_km: int
    assets: tuple[SampleAsset, ...]


class SampleStock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lies in the depot of an outlet, or in the van of the member with this login, when books begin."""

    outlet: str | None
    login: str | None
    part_code: str
    quantity_thousandths: int
    batch: str | None


def sample_id(kind: str, code: str) -> UUID:
    """The id of, for example, the `outlet` HZ01, the `member` HZ0107, the `customer`, `site` or `asset` 顾客 001."""
    return uuid5(NAMESPACE, f"{kind}/{code}")


def company() -> Company:
    return _read("company.json", Company)


def catalogue_items() -> list[Item]:
    """All products, parts, fault codes, price lists and checklists."""
    return [
        *_read("products.json", list[Product]),
        *_read("parts.json", list[Part]),
        *_read("fault_codes.json", list[FaultCode]),
        *_read("price_lists.json", list[PriceList]),
        *_read("checklists.json", list[Checklist]),
    ]


def rows(company: Company) -> dict[str, list[dict[str, Any]]]:
    """By table, what is to be stored; held against the same bounds as what a person sends."""
    customers = _read("customers.json", list[SampleCustomer])
    return {
        "outlets": [_row("outlet", outlet.code, outlet) for outlet in company.outlets],
        "members": [_row("member", member.login, _member(member)) for member in company.members],
        "certificates": [_certificate_row(certificate) for certificate in company.certificates],
        "customers": [_row("customer", customer.name, _customer(customer)) for customer in customers],
        "sites": [_site_row(customer) for customer in customers],
        "assets": [_asset_row(customer, asset) for customer in customers for asset in customer.assets],
        "stock_operations": [_stock_row(stock) for stock in _read("stock.json", list[SampleStock])],
    }


def _member(member: SampleMember) -> MemberContent:
    fields = msgspec.structs.asdict(member)
    outlet_ids = tuple(sample_id("outlet", code) for code in fields.pop("outlets"))
    return msgspec.convert({**fields, "outlet_ids": outlet_ids}, MemberContent)


def _certificate_row(certificate: SampleCertificate) -> dict[str, Any]:
    row = _row("certificate", certificate.number, certificate)
    row["member_id"] = sample_id("member", row.pop("login"))
    return row


def _customer(customer: SampleCustomer) -> CustomerContent:
    return CustomerContent(outlet_id=sample_id("outlet", customer.outlet), name=customer.name, phone=customer.phone)


def _site_row(customer: SampleCustomer) -> dict[str, Any]:
    fields = {name: getattr(customer, name) for name in ("address", "latitude", "longitude", "distance_km")}
    site = msgspec.convert({**fields, "coordinate_system": "wgs84", "time_zone": "Asia/Shanghai"}, SiteContent)
    return {**_row("site", customer.name, site), "customer_id": sample_id("customer", customer.name)}


def _asset_row(customer: SampleCustomer, asset: SampleAsset) -> dict[str, Any]:
    fields = {**msgspec.structs.asdict(asset), "site_id": sample_id("site", customer.name)}
    return _row("asset", asset.serial_number, msgspec.convert(fields, AssetContent))


def _stock_row(stock: SampleStock) -> dict[str, Any]:
    place = sample_id("outlet", stock.outlet) if stock.outlet else sample_id("member", stock.login or "")
    fields = {name: getattr(stock, name) for name in ("part_code", "quantity_thousandths", "batch")}
    by = {"member_id": sample_id("member", "admin"), "reason": "期初库存", "at": datetime(2025, 6, 30, 16, tzinfo=UTC)}
    key = {"org_id": sample_id("organisation", "anxin"), "id": sample_id("stock", f"{place}/{stock.part_code}")}
    return {**key, "kind": StockOperationKind.RECEIVED.value, "to_location_id": place, **fields, **by}


def _row(kind: str, code: str, content: Struct) -> dict[str, Any]:
    organisation_id = sample_id("organisation", "anxin")
    return {"org_id": organisation_id, "id": sample_id(kind, code), **msgspec.structs.asdict(content)}


def _read(name: str, kind: type[Kind]) -> Kind:
    return msgspec.json.decode((FILES / name).read_bytes(), type=kind)
