"""The schemes that come with the product. One that does not add up keeps the server from starting."""

from pathlib import Path

import msgspec

import domain.scoring
from domain.kpis.table import KPI_BY_ID
from domain.measures.evidence import EVIDENCE
from domain.scoring.checks import faults
from domain.scoring.scheme import Scheme
from domain.scoring.words import fault_in_words

MEASURED = EVIDENCE | KPI_BY_ID.keys()
"""Whatever a scheme may name as evidence."""
DEFAULT = "gb-t-27922-2011"


def read_file(path: Path) -> Scheme:
    """The scheme of a file; ValueError says all that is wrong with it."""
    try:
        scheme = msgspec.json.decode(path.read_bytes(), type=Scheme)
    except msgspec.MsgspecError as wrong:
        raise ValueError(f"{path.name}: {wrong}") from None
    if found := faults(scheme, MEASURED):
        told = "; ".join(f"{fault.pointer or '/'}: {fault_in_words(fault).en}" for fault in found)
        raise ValueError(f"{path.name}: {told}")
    return scheme


def _shipped() -> dict[str, Scheme]:
    folder = Path(domain.scoring.__file__).parents[1] / "schemes"
    found = [read_file(path) for path in sorted(folder.glob("*.json"))]
    return {scheme.code: scheme for scheme in found}


SHIPPED: dict[str, Scheme] = _shipped()
