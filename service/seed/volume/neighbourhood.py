"""Who and what is there before anything happens: eighteen more technicians, devices, households, parts in vans."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, convert, structs
from sqlalchemy import Table

from domain.customers import AssetContent, CustomerContent, SiteContent
from domain.facts.words import CoordinateSystem
from domain.people.actor import Role
from domain.people.members import CertificateContent, MemberContent
from service.seed import company as sample
from service.seed.company import sample_id
from service.seed.volume import goods
from service.seed.volume.crew import TEAMS, Technician, crew
from service.seed.volume.days import FIRST_DAY, moment
from service.seed.volume.records import Household, Scenario
from service.seed.volume.said import CALL_CENTRE, volume_id
from service.store.tables import assets, certificates, customers, devices, members, sites, stock_operations

Row = dict[str, Any]
CITIES = {"HZ01": "杭州市西湖区", "SZ01": "苏州市姑苏区", "JX01": "嘉兴市南湖区"}
CENTRES = {"HZ01": (30.27, 120.15), "SZ01": (31.30, 120.59), "JX01": (30.75, 120.76)}
SINCE = moment(FIRST_DAY, 0)
PLENTY = 10_000_000


def rows(org_id: UUID, scenario: Scenario) -> Iterator[tuple[Table, list[Row]]]:
    """By table, in the order in which they may be stored."""
    newcomers = [each for each in crew() if each.is_new]
    yield members, [_member(org_id, each) for each in newcomers] + [_call_centre(org_id)]
    yield certificates, [row for each in newcomers for row in _certificates(org_id, each)]
    yield devices, [_device(org_id, login, device_name(scenario)) for login in _people()]
    yield customers, [_customer(org_id, each) for each in scenario.households]
    yield sites, [_site(org_id, each) for each in scenario.households]
    yield assets, [_asset(org_id, each) for each in scenario.households]
    yield stock_operations, [_stock(org_id, each, part.code) for each in crew() for part in goods.goods().parts]


@cache
def role_of(login: str) -> tuple[str, tuple[str, ...]]:
    """Role and outlets of somebody who records."""
    return _people()[login]


@cache
def member_id(login: str) -> UUID:
    return sample_id("member", login)


@cache
def device_id(login: str) -> UUID:
    return volume_id("device", login)


def device_name(scenario: Scenario) -> str:
    """Which edition of the half year was recorded on a device: any change of the scenario gives another."""
    return f"2025 {hashlib.sha256(msgspec.json.encode(scenario)).hexdigest()[:12]}"


@cache
def _people() -> dict[str, tuple[str, tuple[str, ...]]]:
    known = {each.login: (each.role, each.outlets) for each in sample.company().members}
    return {
        **known,
        **{each.login: ("technician", (each.outlet,)) for each in crew()},
        CALL_CENTRE: ("integration", ()),
    }


def _member(org_id: UUID, each: Technician) -> Row:
    member = MemberContent(
        login=each.login,
        name=each.name,
        role=Role.TECHNICIAN,
        outlet_ids=(sample_id("outlet", each.outlet),),
        team=TEAMS[each.outlet][0],
        skills=each.skills,
    )
    return _row(org_id, member_id(each.login), member)


def _call_centre(org_id: UUID) -> Row:
    own = MemberContent(login=CALL_CENTRE, name="呼叫中心 接口", role=Role.INTEGRATION, outlet_ids=())
    return _row(org_id, member_id(CALL_CENTRE), own)


def _certificates(org_id: UUID, each: Technician) -> Iterator[Row]:
    for held in each.certificates:
        content = convert(structs.asdict(held), CertificateContent)
        yield {**_row(org_id, sample_id("certificate", held.number), content), "member_id": member_id(each.login)}


def _device(org_id: UUID, login: str, name: str) -> Row:
    kind = "phone" if role_of(login)[0] == "technician" else "desk"
    own = {"member_id": member_id(login), "name": name, "kind": kind}
    return {"org_id": org_id, "id": device_id(login), **own, "created_at": SINCE, "last_seen_at": SINCE}


def _customer(org_id: UUID, each: Household) -> Row:
    content = CustomerContent(
        outlet_id=sample_id("outlet", each.outlet),
        name=f"顾客 V{each.number:05}",
        phone=f"100-2{each.number // 10_000:03}-{each.number % 10_000:04}",
    )
    return _row(org_id, volume_id("customer", each.asset), content)


def _site(org_id: UUID, each: Household) -> Row:
    latitude, longitude = CENTRES[each.outlet]
    content = SiteContent(
        address=f"{CITIES[each.outlet]}示例路 {each.number} 号",
        latitude=latitude + each.number % 50 / 1000,
        longitude=longitude + each.number % 70 / 1000,
        coordinate_system=CoordinateSystem.WGS84,
        time_zone="Asia/Shanghai",
        distance_km=3 + each.number % 7,
    )
    own = _row(org_id, volume_id("site", each.asset), content)
    return {**own, "customer_id": volume_id("customer", each.asset)}


def _asset(org_id: UUID, each: Household) -> Row:
    content = AssetContent(
        site_id=volume_id("site", each.asset),
        product_code=each.product,
        serial_number=each.asset,
        invoiced_on=each.bought_on,
        installed_on=each.bought_on,
    )
    return _row(org_id, volume_id("asset", each.asset), content)


def _stock(org_id: UUID, each: Technician, part_code: str) -> Row:
    """A van that never runs out: what was short on a visit, the records say."""
    return {
        "org_id": org_id,
        "id": volume_id("stock", f"{each.login}/{part_code}"),
        "kind": "received",
        "to_location_id": member_id(each.login),
        "part_code": part_code,
        "quantity_thousandths": PLENTY,
        "batch": None,
        "member_id": sample_id("member", "admin"),
        "reason": "期初库存",
        "at": datetime(2025, 3, 31, 16, tzinfo=UTC),
    }


def _row(org_id: UUID, own_id: UUID, content: Struct) -> Row:
    """What a person would have sent, with its ids."""
    return {"org_id": org_id, "id": own_id, **structs.asdict(content)}
