"""What is not covered has to be shown: a reason, a photo or a measurement, and the customer told (R22, R25)."""

from collections.abc import Iterable

from msgspec import Struct

from domain.warranty.claim import Claim, ClaimedExclusion, ClaimedLine, ExclusionCode
from domain.warranty.terms import start_of
from domain.warranty.words import said

OF_PAPERS = frozenset({ExclusionCode.NO_PROOF, ExclusionCode.VOUCHER_ALTERED})
"""These speak of the purchase; what our own repair is answered for does not hang on its papers."""


class ExclusionAnswer(Struct, frozen=True, kw_only=True):
    """Whether an exclusion stands, and what it lacks: `reason`, `evidence`, `customer_told`."""

    code: ExclusionCode
    stands: bool
    lacking: tuple[str, ...]
    zh: str
    en: str


def answer(claim: Claim, exclusion: ClaimedExclusion) -> ExclusionAnswer:
    """An exclusion that lacks anything decides nothing; a lost voucher is none where the purchase is proved (R25)."""
    lacking = _lacking(exclusion)
    refuted = exclusion.code is ExclusionCode.NO_PROOF and start_of(claim.purchase) is not None
    if refuted:
        words = said("exclusion_refuted", exclusion=exclusion.code)
    elif lacking:
        words = said("exclusion_lacks", exclusion=exclusion.code, lacking=", ".join(lacking))
    else:
        words = said("exclusion_stands", exclusion=exclusion.code)
    stands = not refuted and not lacking
    return ExclusionAnswer(code=exclusion.code, stands=stands, lacking=lacking, zh=words.zh, en=words.en)


def standing(claim: Claim) -> tuple[ClaimedExclusion, ...]:
    """The exclusions that stand."""
    return tuple(each for each in claim.exclusions if answer(claim, each).stands)


def of_line(exclusions: Iterable[ClaimedExclusion], line: ClaimedLine) -> list[ClaimedExclusion]:
    """Those about this line."""
    return [each for each in exclusions if not each.line_ids or line.line_id in each.line_ids]


def is_quality_fault(claim: Claim) -> bool:
    """Whether nothing shows that the whole fault is none of the product's."""
    return all(each.line_ids for each in standing(claim))


def _lacking(exclusion: ClaimedExclusion) -> tuple[str, ...]:
    shown = {
        "reason": bool(exclusion.reason.strip()),
        "evidence": bool(exclusion.evidence_digests or exclusion.readings),
        "customer_told": exclusion.customer_told,
    }
    return tuple(name for name, is_there in shown.items() if not is_there)
