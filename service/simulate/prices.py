"""Fee lines out of the catalogue that every phone carries."""

from datetime import date
from typing import Any

from service.simulate.ledger import Json

VISIT = "F-VISIT"


class Prices:
    """The price list in force, and the parts. The fee for coming, `F-VISIT`, is that of the outlet's area."""

    def __init__(self, catalogue: Json, day: date, area: str) -> None:
        begun = [each for each in catalogue["price_lists"] if each["valid_from"] <= day.isoformat()]
        newest: Json = max(begun, key=lambda each: each["valid_from"])
        self.code: str = newest["code"]
        self._lines: dict[str, Json] = {line["code"]: line for line in newest["lines"]}
        self._lines[VISIT] = self._lines[f"{VISIT}-{area.upper()}"]
        self._parts: dict[str, Json] = {part["code"]: part for part in catalogue["parts"]}

    def part(self, code: str) -> Json:
        """A part as the catalogue has it."""
        return self._parts[code]

    def lines(self, *codes: str, warranty: str = "paid") -> list[Json]:
        """One line for each code, of the price list or of the parts; covered lines cost nothing."""
        return [self._line(number, code, warranty) for number, code in enumerate(codes, 1)]

    def _line(self, number: int, code: str, warranty: str) -> Json:
        entry = self._lines.get(code) or self._parts[code]
        price_fen = entry["price_fen"]
        return {
            "line_id": f"L{number}",
            "kind": entry.get("component") if code in self._lines else "part",
            "code": entry["code"],
            "description": entry["name_zh"],
            "quantity_thousandths": 1000,
            "unit_price_fen": price_fen,
            "amount_fen": price_fen if warranty == "paid" else 0,
            "warranty": warranty,
        }


def total_fen(lines: list[Json]) -> int:
    """What the lines come to."""
    return sum(line["amount_fen"] for line in lines)


def yuan(fen: int) -> str:
    """Money as people read it."""
    return f"{fen / 100:.2f} yuan"


def with_surplus(lines: list[Json], fen: int) -> list[Json]:
    """The same lines with the last one dearer than agreed."""
    last: dict[str, Any] = {**lines[-1]}
    last["amount_fen"] += fen
    last["unit_price_fen"] += fen
    return [*lines[:-1], last]
