"""One record of every kind that the desk keeps, ready to be created and changed."""

from typing import Any

from msgspec import Struct

from service.seed.company import sample_id
from tests.builders.sample_desk import ADMIN, DISPATCHER, SUPERVISOR


class Kind(Struct, frozen=True):
    """One kind of record: where it is, who keeps it, one to create, and what may be changed in it."""

    path: str
    keeper: str
    new: dict[str, Any]
    fixed: tuple[str, ...]
    change: dict[str, Any]

    @property
    def changed(self) -> dict[str, Any]:
        """The body of a change."""
        return {**{name: value for name, value in self.new.items() if name not in self.fixed}, **self.change}


HZ01 = str(sample_id("outlet", "HZ01"))
CUSTOMER = str(sample_id("customer", "顾客 001"))
SITE = str(sample_id("site", "顾客 001"))
TECHNICIAN = str(sample_id("member", "HZ0107"))
POSITION = {"latitude": 30.27, "longitude": 120.15, "coordinate_system": "wgs84"}

OUTLET = Kind(
    "/v1/outlets",
    ADMIN,
    {"code": "HZ09", "name": "西湖服务站", "city": "杭州", "area": "city", **POSITION}
    | {"time_zone": "Asia/Shanghai", "complaint_line": "100-0000-0001"},
    (),
    {"complaint_line": "100-0000-0002"},
)
MEMBER = Kind(
    "/v1/members",
    SUPERVISOR,
    {"login": "HZ0199", "name": "西湖服务站 工程师", "role": "technician", "outlet_ids": [HZ01], "skills": ["gas"]},
    (),
    {"daily_minutes": 300},
)
CERTIFICATE = Kind(
    "/v1/certificates",
    SUPERVISOR,
    {"member_id": TECHNICIAN, "kind": "gas", "number": "G-1", "valid_from": "2025-01-01", "valid_until": "2030-12-31"},
    ("member_id",),
    {"review_due_on": "2028-01-01"},
)
ABSENCE = Kind(
    "/v1/absences",
    DISPATCHER,
    {"member_id": TECHNICIAN, "starts_at": "2025-07-01T00:00:00Z", "ends_at": "2025-07-02T00:00:00Z", "reason": "年假"},
    ("member_id",),
    {"ends_at": "2025-07-03T00:00:00Z"},
)
CUSTOMERS = Kind(
    "/v1/customers",
    DISPATCHER,
    {"outlet_id": HZ01, "name": "顾客 101", "phone": "100 1000 0101"},
    (),
    {"note": "下午在家"},
)
SITES = Kind(
    "/v1/sites",
    DISPATCHER,
    {"customer_id": CUSTOMER, "address": "杭州市西湖区示例路 101 号", "time_zone": "Asia/Shanghai", **POSITION},
    ("customer_id",),
    {"distance_km": 7},
)
ASSETS = Kind("/v1/assets", DISPATCHER, {"site_id": SITE, "product_code": "HZ-H90"}, (), {"invoiced_on": "2025-03-01"})

KINDS = [OUTLET, MEMBER, CERTIFICATE, ABSENCE, CUSTOMERS, SITES, ASSETS]
