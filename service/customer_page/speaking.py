"""Recording what a customer says through a link: one strict fact in their own name, bound to what was shown."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.door.customer import Rated, SignedOff
from domain.facts.door.fees import Consent, FeesAcknowledged, FeesDeclined
from domain.facts.feedback import ComplaintOpened
from domain.job.document import Job
from domain.job.money import Disclosure
from domain.job.visit import Visit
from domain.people.actor import Actor, Role
from service.customer_page.content import shown_visit
from service.desk import actions
from service.desk.actions import Action
from service.http.errors import Refused
from service.store.jobs import fact_log, jobs

MOST_WORDS = 50
"""Facts through one link: no customer says more, and every one of them is folded for ever."""


class Speaker(Struct, frozen=True):
    """Whoever holds the link. In the log the link's id stands for author and device, and tells nothing of them."""

    org_id: UUID
    link_id: UUID
    job_id: UUID


async def acknowledge(db: AsyncConnection, speaker: Speaker, content_hash: str) -> None:
    """Agree to the fees with this hash; `fees_changed` when the customer was shown others than the latest (R04)."""
    job = await _locked(db, speaker)
    visit, shown = _latest(job, content_hash)
    if shown.acknowledged_at is not None and shown.declined_at is None:
        return
    named = f"{speaker.link_id.hex[:8]}-{content_hash[:16]}"
    said = FeesAcknowledged(content_hash=content_hash, method=Consent.LINK, reference=named)
    await _say(db, speaker, job, said, f"agreed {content_hash} {shown.declined_at}", visit.id)


async def decline(db: AsyncConnection, speaker: Speaker, content_hash: str, reason: str | None) -> None:
    """Say no to the fees with this hash (R09)."""
    job = await _locked(db, speaker)
    visit, shown = _latest(job, content_hash)
    if shown.declined_at is not None:
        return
    said = FeesDeclined(content_hash=content_hash, reason=reason)
    await _say(db, speaker, job, said, f"declined {content_hash} {shown.acknowledged_at}", visit.id)


async def sign(db: AsyncConnection, speaker: Speaker, content_hash: str | None, drawing_digest: str | None) -> None:
    """Sign for the work, bound to the bill or else to the fees (R10)."""
    job = await _locked(db, speaker)
    visit = _visit(job)
    if visit.sign_off is not None:
        return
    shown = visit.bills[-1] if visit.bills else visit.disclosures[-1] if visit.disclosures else None
    if (shown.content_hash or None if shown else None) != content_hash:
        raise Refused("fees_changed")
    method = Consent.LINK if drawing_digest is None else Consent.SIGNATURE
    said = SignedOff(method=method, content_hash=content_hash, evidence_digest=drawing_digest)
    await _say(db, speaker, job, said, f"signed {visit.id}", visit.id)


async def rate(db: AsyncConnection, speaker: Speaker, score: int, text: str | None) -> None:
    """Rate the job; the last rating counts (K14), also when it is what was said before another one."""
    job = await _locked(db, speaker)
    last = next((each for each in reversed(job.reviews) if each.rating is not None), None)
    if last is not None and (last.by, last.score, last.text) == (speaker.link_id, score, text):
        return
    words = f"rated {job.version}"
    rating_id = uuid5(speaker.link_id, words)
    await _say(db, speaker, job, Rated(score=score, text=text, rating_id=rating_id), words, None)


async def complain(db: AsyncConnection, speaker: Speaker, cause: str, text: str) -> None:
    """Open a complaint; both clocks start (K18, K19). The same words again are the same complaint."""
    job = await _locked(db, speaker)
    complaint_id = uuid5(speaker.link_id, f"complaint {cause} {text}")
    said = ComplaintOpened(complaint_id=complaint_id, cause_code=cause, text=text)
    await _say(db, speaker, job, said, f"complained {cause} {text}", None)


async def _locked(db: AsyncConnection, speaker: Speaker) -> Job:
    locked = (await jobs.lock(db, speaker.org_id, [speaker.job_id])).get(speaker.job_id)
    if locked is None:
        raise Refused("not_found")
    return locked.shown


def _visit(job: Job) -> Visit:
    visit = shown_visit(job)
    if visit is None:
        raise Refused("not_found")
    return visit


def _latest(job: Job, content_hash: str) -> tuple[Visit, Disclosure]:
    visit = _visit(job)
    if not visit.disclosures or visit.disclosures[-1].content_hash != content_hash:
        raise Refused("fees_changed")
    return visit, visit.disclosures[-1]


async def _say(
    db: AsyncConnection, speaker: Speaker, job: Job, body: Struct, words: str, visit_id: UUID | None
) -> None:
    """Record it once: a form that is sent twice says the same under the same id."""
    fact_id = uuid5(speaker.link_id, words)
    if await fact_log.find(db, speaker.org_id, fact_id) is not None:
        return
    if await fact_log.count_by_author(db, speaker.org_id, job.id, speaker.link_id) >= MOST_WORDS:
        raise Refused("said_enough", most=MOST_WORDS)
    outlets = () if job.outlet_id is None else (job.outlet_id,)
    actor = Actor(speaker.org_id, speaker.link_id, speaker.link_id, Role.CUSTOMER, outlets, "zh")
    action = Action(job_id=job.id, body=body, fact_id=fact_id, visit_id=visit_id, happened_at=datetime.now(UTC))
    await actions.carry_out(db, actor, job, action)
