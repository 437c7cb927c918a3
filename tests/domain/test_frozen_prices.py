"""Which prices a plan freezes: those of its list and of the parts, and none where they are too many."""

from msgspec.structs import replace

from domain.catalogue import AdvertisedPrice
from domain.dispatch.requirements import MOST_PRICES, frozen_prices
from tests.domain.quotes import PRICES

JULY = PRICES.price_lists["sample"][1]
PART = PRICES.parts[0]


def test_a_code_of_the_list_comes_before_a_part_of_the_same_code() -> None:
    line = JULY.lines[0]

    frozen = {price.code: price for price in frozen_prices(JULY, (PART, replace(PART, code=line.code)))}

    assert (frozen[line.code].component, frozen[line.code].price_fen) == (line.component, line.price_fen)
    assert frozen[PART.code].price_fen == PART.price_fen


def test_what_was_advertised_is_frozen_beside_the_price_of_a_line_as_of_a_part() -> None:
    advertised = (AdvertisedPrice(code=JULY.lines[0].code, price_fen=0), AdvertisedPrice(code=PART.code, price_fen=1))

    frozen = {price.code: price for price in frozen_prices(replace(JULY, advertised=advertised), (PART,))}

    assert frozen[JULY.lines[0].code].advertised_fen == 0
    assert frozen[PART.code].advertised_fen == 1
    assert frozen[JULY.lines[1].code].advertised_fen is None


def test_of_more_prices_than_can_be_frozen_none_is() -> None:
    room = MOST_PRICES - len(JULY.lines)
    parts = [replace(PART, code=f"P-{number}") for number in range(room + 1)]

    assert len(frozen_prices(JULY, parts[:room])) == MOST_PRICES
    assert frozen_prices(JULY, parts) == ()
