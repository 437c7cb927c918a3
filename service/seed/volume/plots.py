"""What is in store for an order: for each aspect one word, dealt so that every word comes exactly as often as it says.

Numbers are per thousand of the orders.
"""

from random import Random

Plot = dict[str, str]

ASPECTS: dict[str, dict[str, int]] = {
    "outlet": {"HZ01": 420, "SZ01": 330, "JX01": 250},
    "work": {"repair": 700, "install": 150, "maintain": 50, "clean": 50, "complaint_visit": 25, "guide": 25},
    "warranty": {"covered": 550, "paid": 450},
    "priority": {"normal": 930, "urgent": 60, "raised": 7, "lowered": 3},
    "response": {"called": 880, "called_late": 25, "by_acceptance": 70, "remote": 15, "nobody": 10},
    "intake": {"none": 900, "solved": 10, "unsolved": 60, "not_asked": 20, "automatic": 10},
    "fate": {
        "goes_well": 872,
        "no_fault": 20,
        "temporary": 15,
        "unable": 8,
        "declined": 25,
        "no_access": 15,
        "withdrawn": 8,
        "cancelled_by_customer": 14,
        "cancelled_by_company": 8,
        "test": 5,
        "duplicate": 5,
        "outside": 2,
        "force_majeure": 3,
    },
    "wait": {"a_day": 600, "two_days": 200, "three_days": 200},
    "second": {"none": 846, "parts": 80, "parts_released": 20, "customer": 24, "planned": 15, "stuck": 15},
    "arrival": {
        "in_time": 850,
        "to_the_second": 10,
        "a_second_late": 5,
        "early": 30,
        "late_told_well": 20,
        "late_told": 20,
        "late": 30,
        "very_late": 25,
        "no_show": 10,
    },
    "move": {
        "none": 905,
        "by_customer": 35,
        "by_customer_late": 5,
        "agreed": 25,
        "not_agreed": 20,
        "reassigned": 10,
    },
    "appointment": {"soon": 760, "to_the_minute": 10, "late": 130, "unreached": 40, "never": 60},
    "fees": {
        "proper": 910,
        "list_hidden": 20,
        "above_list": 15,
        "before_agreement": 20,
        "charged_above": 20,
        "settlement_hidden": 15,
    },
    "promise": {"kept": 820, "missed": 90, "none": 90},
    "money": {"paid": 930, "no_receipt": 30, "unpaid": 20, "paid_later": 20},
    "invoice": {"none": 850, "issued": 120, "owed": 20, "unasked": 10},
    "refund": {"none": 960, "soon": 15, "late": 10, "breach": 7, "open": 8},
    "pause": {"none": 860, "break": 90, "customer": 50},
    "parts": {"none": 440, "serial": 250, "batch": 230, "no_number": 25, "no_fate": 25, "measured": 30},
    "norm": {"kept": 850, "failed": 60, "unanswered": 60, "not_applicable": 30},
    "safety": {"passed": 960, "failed": 40},
    "record": {"complete": 960, "no_test": 20, "no_repair": 20},
    "guidance": {"given": 880, "none": 120},
    "signature": {"signed": 930, "refused": 20, "absent": 25, "none": 25},
    "identity": {"shown": 940, "no_uniform": 20, "no_badge": 20, "denied": 20},
    "incident": {"none": 992, "one": 8},
    "special": {"none": 600, "special": 370, "uncertified": 30},
    "decision": {"none": 935, "shown": 50, "not_shown": 15},
    "push": {"evening": 950, "next_day": 15, "days_late": 15, "fast_clock": 20},
    "report": {"delivered": 960, "never": 40},
    "follow_up": {"reached": 780, "second_try": 60, "two_tries": 50, "one_try": 40, "late": 30, "never": 40},
    "rating": {
        "5": 420,
        "4": 200,
        "3": 50,
        "2": 30,
        "1": 20,
        "changed": 20,
        "voided": 20,
        "too_late": 20,
        "silent": 220,
    },
    "rated_on": {"customer": 900, "technician": 40, "desk": 60},
    "rating_ask": {"link": 800, "until": 200},
    "complaint": {"none": 955, "prompt": 20, "slow_contact": 9, "slow_solution": 9, "open": 7},
    "upheld": {"yes": 500, "no": 500},
    "inspection": {"none": 920, "passed": 55, "failed": 10, "error": 15},
    "recovery": {"made": 400, "second_day": 200, "late": 150, "none": 250},
    "closing": {"prompt": 900, "late": 50, "never": 50},
}


def dealt(draw: Random, count: int) -> list[Plot]:
    """A plot for each of so many orders."""
    decks = {aspect: _deck(draw, words, count) for aspect, words in ASPECTS.items()}
    return [{aspect: deck[number] for aspect, deck in decks.items()} for number in range(count)]


def _deck(draw: Random, words: dict[str, int], count: int) -> list[str]:
    """Each word as often as it is due, the last cards going to the first word, well shuffled."""
    cards = [word for word, share in words.items() for _ in range(count * share // 1000)]
    cards += [next(iter(words))] * (count - len(cards))
    draw.shuffle(cards)
    return cards
