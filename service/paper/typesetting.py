"""From a template and its values to PDF, in a process of its own: `service.work.own_process` calls `typeset` there."""

import unicodedata
import warnings
from collections.abc import Container
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

TEMPLATES = Path(__file__).parent / "templates"
MISSING = "\u25a1"
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
    """The paper. No font of the machine and no network is used.

    The standards allow no letter without a glyph. What people wrote is set all the same, with U+25A1 for what no font
    here can show: an emoji in a remark must not keep a customer from the paper.
    """
    asked = msgspec.json.decode(order, type=Order)
    values = bytes(asked.values)
    try:
        return _compiled(asked, values)
    except RuntimeError:
        return _compiled(asked, _showable(values))


def _compiled(asked: Order, values: bytes) -> bytes:
    import typst  # noqa: PLC0415 (a server that orders papers has no need to hold a typesetter)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bytes(
            typst.compile(
                TEMPLATES / f"{asked.template}.typ",
                root=TEMPLATES,
                font_paths=[_fonts()],
                ignore_system_fonts=True,
                sys_inputs={"values": values.decode()},
                pdf_standards=list(STANDARDS),
                timestamp=int(asked.at.timestamp()),
            )
        )


def _showable(values: bytes) -> bytes:
    """The same values in letters that the font has."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 (hardly any paper needs it)

    known = FT2Font(str(next(_fonts().glob("*.ttc")))).get_charmap()

    def shown(value: Any) -> Any:  # noqa: ANN401 (whatever JSON can say)
        if isinstance(value, str):
            return "".join(letter if _is_plain(letter, known) else MISSING for letter in value)
        if isinstance(value, list):
            return [shown(each) for each in value]
        return {name: shown(each) for name, each in value.items()} if isinstance(value, dict) else value

    return msgspec.json.encode(shown(msgspec.json.decode(values)))


def _is_plain(letter: str, known: Container[int]) -> bool:
    if letter in "\n\r\t":
        return True
    # Of controls, formats and private letters a font may have some, and the standards none.
    return ord(letter) in known and not unicodedata.category(letter).startswith("C")


def _fonts() -> Path:
    """Where the font lies; it is looked up, not imported."""
    found = find_spec("noto_cjk_sans_otc")
    if found is None or found.origin is None:
        raise FileNotFoundError("the font Noto Sans CJK is not installed")
    return Path(found.origin).parent
