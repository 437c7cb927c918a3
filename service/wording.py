"""How money, quantities, days and times are written for people, on pages and on papers."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.facts.words import SpecialWork, Warranty

SPECIAL_WORK: dict[SpecialWork, dict[str, str]] = {
    SpecialWork.HEIGHT: {"zh": "高处作业", "en": "work at height"},
    SpecialWork.REFRIGERATION: {"zh": "制冷与空调作业", "en": "refrigeration and air conditioning"},
    SpecialWork.ELECTRICITY: {"zh": "电工作业", "en": "electrician"},
    SpecialWork.GAS: {"zh": "燃气具安装维修", "en": "gas appliances"},
    SpecialWork.WELDING: {"zh": "焊接与热切割", "en": "welding and hot cutting"},
    SpecialWork.CHEMICALS: {"zh": "危险化学品作业", "en": "dangerous chemicals"},
}

FREE = frozenset(Warranty) - {Warranty.PAID, Warranty.UNKNOWN}


def money(fen: int, currency: str, language: str) -> str:
    """Arabic numerals with the currency's name (R02)."""
    sign, whole, rest = "-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100
    amount = f"{sign}{whole:,}.{rest:02}"
    return f"{amount} 元" if (language, currency) == ("zh", "CNY") else f"{currency} {amount}"


def quantity(thousandths: int) -> str:
    """1500 is 1.5."""
    whole, rest = divmod(thousandths, 1000)
    return str(whole) if rest == 0 else f"{whole}.{rest:03}".rstrip("0")


def instant(at: datetime, zone: ZoneInfo) -> str:
    """Year to minute, at the customer's site."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def window(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A day and its hours; both days where the window passes midnight."""
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    last = ends.strftime("%H:%M" if begins.date() == ends.date() else "%Y-%m-%d %H:%M")
    return f"{begins.strftime('%Y-%m-%d %H:%M')} – {last}"


def day(on: date) -> str:
    return on.isoformat()
