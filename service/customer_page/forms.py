"""The forms of the page, as browsers send them."""

from typing import Annotated

from msgspec import Meta, Struct

from service.customer_page.page import CAUSES

Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Agreed(Struct, frozen=True, forbid_unknown_fields=True):
    """The fees that were shown, by the hash of their content."""

    content_hash: Hash


class Declined(Agreed, frozen=True, forbid_unknown_fields=True):
    """Those fees are not agreed to."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class Signed(Struct, frozen=True, forbid_unknown_fields=True):
    """What was signed, and the drawing where the browser made one: a PNG in base64."""

    content_hash: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    drawing: Annotated[str, Meta(max_length=200_000)] = ""


class Rating(Struct, frozen=True, forbid_unknown_fields=True):
    """How it was."""

    score: Annotated[int, Meta(ge=1, le=5)]
    text: Annotated[str, Meta(max_length=2000)] = ""


class Complaint(Struct, frozen=True, forbid_unknown_fields=True):
    """What went wrong."""

    cause: Annotated[str, Meta(pattern="^(" + "|".join(CAUSES) + ")$")]
    text: Annotated[str, Meta(min_length=1, max_length=2000)]
