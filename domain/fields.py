"""What records of the registry and items of the catalogue are made of: bounded text, numbers, an id and a version."""

import enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Codes = Annotated[tuple[Code, ...], Meta(max_length=50)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Remark = Annotated[str, Meta(max_length=2000)]
Phone = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=40,
        pattern=r"^\+?[0-9][0-9 ()-]+$",
        description="As people write it; not verified",
        examples=["100-1000-0001"],
    ),
]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="Degrees")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Degrees")]
Kilometres = Annotated[int, Meta(ge=0, le=50_000)]
Price = Annotated[int, Meta(ge=0, le=1_000_000_000_000, description="Minor units of the currency")]
Months = Annotated[int, Meta(ge=0, le=600)]
Percent = Annotated[int, Meta(ge=0, le=100)]
TimeZone = Annotated[
    str,
    Meta(
        min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._+/-]+$", description="IANA name", examples=["Asia/Shanghai"]
    ),
]
TimeOfDay = Annotated[
    str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Local time at the site", examples=["20:00"])
]


class Language(enum.StrEnum):
    """The languages that the product speaks."""

    CHINESE = "zh"
    ENGLISH = "en"


class Area(enum.StrEnum):
    """The two areas that the distance fee knows."""

    CITY = "city"
    COUNTY = "county"


class Named(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whatever has a code of its own and a name in both languages."""

    code: Code
    name_zh: Name
    name_en: Name


class Item(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the catalogue keeps whole under its code."""


class Record(Struct, frozen=True, kw_only=True):
    """What the desk keeps by hand; `version` rises with each change and is what a change names in If-Match."""

    id: UUID
    version: int
