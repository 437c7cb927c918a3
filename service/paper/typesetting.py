"""From a template and its values to PDF, in a process of its own: `service.work.apart` calls `typeset` there."""

import warnings
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

TEMPLATES = Path(__file__).parent / "templates"
# One paper is both: it can be archived as it is, and read aloud.
STANDARDS: tuple[Literal["a-2a"], Literal["ua-1"]] = ("a-2a", "ua-1")


class Order(Struct, frozen=True):
    """What to set: a template of this folder, and what it reads as `values`."""

    template: str
    values: msgspec.Raw
    at: datetime


def ordered(template: str, values: object, at: datetime) -> bytes:
    """An order as `typeset` takes it. The same order gives the same bytes: `at` is the paper's own time."""
    return msgspec.json.encode(Order(template, msgspec.Raw(msgspec.json.encode(values)), at))


def typeset(order: bytes) -> bytes:
    """The paper. No font of the machine and no network is used."""
    import typst  # noqa: PLC0415 (a server that orders papers has no need to hold a typesetter)

    asked = msgspec.json.decode(order, type=Order)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bytes(
            typst.compile(
                TEMPLATES / f"{asked.template}.typ",
                root=TEMPLATES,
                font_paths=[_fonts()],
                ignore_system_fonts=True,
                sys_inputs={"values": bytes(asked.values).decode()},
                pdf_standards=list(STANDARDS),
                timestamp=int(asked.at.timestamp()),
            )
        )


def _fonts() -> Path:
    """Where the font lies; it is looked up, not imported."""
    found = find_spec("noto_cjk_sans_otc")
    if found is None or found.origin is None:
        raise FileNotFoundError("the font Noto Sans CJK is not installed")
    return Path(found.origin).parent
