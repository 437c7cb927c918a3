"""What a fact looks like between a device and the server: one record, one optional field per kind."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, defstruct

from domain.facts.kinds import KINDS
from sync.record import Envelope

_BODIES: list[Any] = [(kind.name, kind.body | None, None) for kind in KINDS]

WIRE_FACT = defstruct(
    "Fact",
    _BODIES,
    bases=(Envelope,),
    module=__name__,
    namespace={
        "__doc__": """\
Something that somebody recorded about one job: who it is about, when, and exactly one field of a kind.

`id` is a UUID made by the device, once for each fact (version 7 where the platform has it); `seq` counts the device's
facts without a gap; `base_version` is the version of the job that its author was looking at. With `strict` a fact that
breaks a rule is refused instead of recorded.
Kinds and fields that a server does not know are kept, not lost."""
    },
    frozen=True,
    kw_only=True,
)
"""For the contract only: facts are read one by one, by `sync.record.read`."""

AsSent = Annotated[
    msgspec.Raw,
    Meta(description="A fact as its author sent it", extra_json_schema={"$ref": "#/components/schemas/Fact"}),
]
"""A fact's own bytes, described by the contract as `WIRE_FACT`."""
