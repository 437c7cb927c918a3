"""`python -m openapi.vectors.runner --url …`: every case against a server; exit code 1 if one fails."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from . import digests
from .cases import cases, filled, orders
from .compare import differences
from .exchanges import Exchange
from .http import Server
from .server import Cast, play

Report = dict[str, list[str]]
DEMO_PASSWORD = "onsite-demo-2025"  # noqa: S105 (of the sample company, shown by every demo)
AT_ONCE = 6


def main() -> None:
    asked = _arguments()
    report = run(Server(asked.url, asked.organisation, asked.password), asked.only, asked.orders)
    for name, found in report.items():
        if found:
            sys.stdout.write("\n  ".join([f"FAILED {name}", *found]) + "\n")
    failed = sum(map(bool, report.values()))
    sys.stdout.write(f"{len(report) - failed} of {len(report)} cases passed\n")
    sys.exit(1 if failed else 0)


def run(server: Server, only: str = "", most_orders: int = 2) -> Report:
    """What differs, by case. Each case of facts is played in so many orders of arrival."""
    cast = Cast(server)
    chosen = {kind: {name: case for name, case in cases(kind).items() if only in name} for kind in ("job", "exchange")}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = pool.map(lambda case: _job(cast, case, most_orders), chosen["job"].values())
        exchanges = pool.map(lambda case: _exchange(cast, case), chosen["exchange"].values())
        report = dict(zip(chosen["job"], jobs, strict=True)) | dict(zip(chosen["exchange"], exchanges, strict=True))
    return {name: found for name, found in (report | own_digests(only)).items() if found is not None}


def own_digests(only: str = "") -> Report:
    """This runner's own digests against the cases: what an app's tests do with the app's."""
    kinds = ("digest", "content_hash")
    return {
        name: digests.differences(kind, case) for kind in kinds for name, case in cases(kind).items() if only in name
    }


def _job(cast: Cast, case: Any, most_orders: int) -> list[str] | None:  # noqa: ANN401 (JSON)
    """None for a case that is disputed."""
    return None if "disputed" in case else _safely(lambda: _in_orders(cast, case, most_orders))


def _exchange(cast: Cast, case: Any) -> list[str] | None:  # noqa: ANN401 (JSON)
    return None if "disputed" in case else _safely(lambda: Exchange(cast, case).play())


def _in_orders(cast: Cast, case: Any, most_orders: int) -> list[str]:  # noqa: ANN401 (JSON)
    found: list[str] = []
    for number, order in enumerate(islice(orders(case), most_orders)):
        seen, names, clock = play(cast, case, order)
        found += differences(filled(case["expect"], names, clock), seen, names, as_written=number == 0)
    return found


def _safely(act: Any) -> list[str]:  # noqa: ANN401 (any case)
    """A case that breaks off fails by itself."""
    try:
        found: list[str] = act()
    except (AssertionError, KeyError, OSError, TypeError, ValueError) as broken:
        return [f"{type(broken).__name__}: {broken}"]
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--organisation", default="anxin")
    parser.add_argument("--password", default=DEMO_PASSWORD, help="of every member in cast.json")
    parser.add_argument("--only", default="", help="part of a case's name, such as crossings/")
    parser.add_argument("--orders", type=int, default=2, help="orders of arrival for each case at most")
    return parser.parse_args()


if __name__ == "__main__":
    main()
