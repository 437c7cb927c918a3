"""Who agreed to what, and which purposes ask for it."""

from itertools import permutations

import pytest

from domain.people.consent import NEEDED, OF_CUSTOMERS, OF_MEMBERS, ConsentKind, ExportPurpose, standing

MARKETING, TRANSFER = ConsentKind.MARKETING, ConsentKind.TRANSFER


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ([], set()),
        ([(MARKETING, True)], {MARKETING}),
        ([(MARKETING, False), (MARKETING, True)], set()),
        ([(MARKETING, True), (MARKETING, False)], {MARKETING}),
        ([(TRANSFER, False), (MARKETING, True), (TRANSFER, True)], {MARKETING}),
    ],
)
def test_the_last_word_on_each_use_counts(said: list[tuple[ConsentKind, bool]], agreed: set[ConsentKind]) -> None:
    """The newest first; without a word there is no consent."""
    assert standing(said) == agreed


def test_a_word_about_one_use_says_nothing_about_another() -> None:
    said = [(kind, kind in {MARKETING, ConsentKind.PHOTO}) for kind in ConsentKind]
    assert {standing(each) for each in permutations(said)} == {frozenset({MARKETING, ConsentKind.PHOTO})}


def test_what_customers_and_members_agree_to_is_told_apart() -> None:
    assert set(ConsentKind) == OF_CUSTOMERS | OF_MEMBERS
    assert set() == OF_CUSTOMERS & OF_MEMBERS


def test_nobody_is_written_to_or_passed_on_unasked() -> None:
    assert {ExportPurpose.MARKETING: MARKETING, ExportPurpose.TRANSFER: TRANSFER} == NEEDED
