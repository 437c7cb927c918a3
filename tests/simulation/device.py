"""A reference phone, written from the protocol: an outbox, a cursor, documents, and what it must let go of.

It deletes nothing before the server has said what became of it, and pushes what it recorded about a job before it
purges the job. A desk is the same with other people in front of it.
"""

from copy import copy
from dataclasses import dataclass, field

from tests.simulation.checker.canonical import document_digest
from tests.simulation.clocks import PhoneClock
from tests.simulation.ledger import Json, Typed

STORED = (
    *("seq", "outbox", "answered", "brought_back", "cursor", "cursor_before", "documents", "heard_in", "cards"),
    *("leaving", "purged", "confirmed", "found_anew", "life", "must_offer", "compares", "spoilt"),
)
"""What a backup of the app's storage holds."""


@dataclass
class Person:
    """A member of the organisation."""

    name: str
    id: str
    role: str
    outlets: tuple[str, ...]


@dataclass
class Device:
    """One installation of the app. `handle` is what the server knows it by: whoever holds it speaks as the device."""

    person: Person
    id: str
    handle: object
    clock: PhoneClock
    life: int = 0
    seq: int = 0
    outbox: list[Typed] = field(default_factory=list)
    answered: list[Typed] = field(default_factory=list)
    brought_back: set[int] = field(default_factory=set)
    """Which of the outbox an offer named as lost, by their order."""
    cursor: str | None = None
    cursor_before: str | None = None
    documents: dict[str, Json] = field(default_factory=dict)
    heard_in: dict[str, int] = field(default_factory=dict)
    """In which life of the server's data each document came: a push brings one of a new life before any pull does."""
    cards: dict[str, Json] = field(default_factory=dict)
    """Documents about something else than a job: of sites, with names and addresses; of the van."""
    leaving: set[str] = field(default_factory=set)
    purged: list[str] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    found_anew: set[str] | None = None
    must_offer: bool = False
    more: bool = False
    news: int = 0
    digest: str | None = None
    spoilt: bool = False
    """Whether its storage spoilt a document: else nothing that a pull brings can differ from what the server says."""
    compares: bool = False
    """Whether the app was started anew, and will compare the digest of what it holds with the server's."""
    revoked: bool = False
    twin: bool = False
    in_a_drawer: bool = False

    def push(self, batch: list[Typed]) -> Json:
        """A push of these, made under one enrolment, with every purge not yet confirmed."""
        made_on = batch[0].device if batch and batch[0].device != self.id else None
        again = bool(batch) and batch[0].order in self.brought_back
        facts = [typed.fact for typed in batch]
        gone = {"purged": list(self.purged), "purged_cursor": self.cursor}
        return {"facts": facts, **gone, "made_on": made_on, "brought_back": again}

    def batch(self, most: int) -> list[Typed]:
        """The oldest facts that wait, all made under one enrolment, and all brought back or none."""
        if not self.outbox:
            return []
        again = self.outbox[0].order in self.brought_back
        alike = [each for each in self.outbox if (each.order in self.brought_back) == again]
        return [each for each in alike if each.device == alike[0].device][:most]

    def heard(self, batch: list[Typed], request: Json, answer: Json, life: int) -> None:
        """Take in the answer of a push: each fact that was answered is settled, whatever the answer says.

        Its documents renew what is held, and no more: what is new comes with the pull, which can take it away again.
        """
        for said in answer["outcomes"]:
            typed = batch[said["index"]]
            typed.hear(life, said["outcome"], said["answer"])
            self.answered.append(typed)
            self.brought_back.discard(typed.order)
            self.outbox = [other for other in self.outbox if other is not typed]
        self.purged = [each for each in self.purged if each not in request["purged"]]
        self.confirmed |= set(request["purged"])
        for job in [each for each in answer["jobs"] if each["id"] in self.kept]:
            self._take(job, life)
        if answer["changes"] is not None:
            self.pulled(answer["changes"], life)

    def pulled(self, answer: Json, life: int) -> None:
        """Apply a page, then keep its cursor: half a page with a new cursor would be lost for ever.

        A phone whose cursor was lost is not told that the epoch is another: the server may have lost something too.
        """
        if answer["reset"]:
            self.found_anew, self.life = set(), life
            self.purged = sorted({*self.purged, *self.confirmed})
        if answer["reset"] in ("first", "epoch"):
            self.must_offer |= bool(self.answered)
        for job in answer["jobs"]:
            self._take(job, life)
        cards = [*answer.get("sites", ()), *answer.get("vans", ())]
        for card in cards:
            self.cards[card["id"]] = card
            self._holds(card["id"], life)
        self.leaving |= {gone["id"] for gone in answer["withdrawn"]}
        if self.found_anew is not None:
            self.found_anew |= {each["id"] for each in (*answer["jobs"], *cards)}
            if not answer["more"]:
                self.leaving |= {*self.documents, *self.cards} - self.found_anew
                self.found_anew = None
        self.cursor_before = self.cursor or self.cursor_before
        self.cursor, self.more = answer["cursor"], answer["more"]
        self.digest = answer.get("digest")
        self.news = len(answer["jobs"]) + len(cards) + len(answer["withdrawn"])

    def offer(self) -> Json:
        """All facts that the server once said it has, by id and digest; by id alone what it could not read."""
        kept = {(typed.id, "" if typed.is_unreadable else typed.digest) for typed in self.answered if typed.is_kept}
        return {"held": [{"id": fact_id, "digest": digest or None} for fact_id, digest in sorted(kept)]}

    def offered(self, lost: list[str]) -> None:
        """Push again, as they were, the facts that the server has lost: whatever is held under their ids."""
        again = {typed.order: typed for typed in self.answered if typed.id in lost and typed.is_kept}
        waiting = {typed.order: typed for typed in self.outbox}
        self.brought_back |= again.keys() - waiting.keys()
        self.outbox = sorted((again | waiting).values(), key=lambda typed: typed.order)
        self.must_offer = False

    @property
    def kept(self) -> dict[str, Json]:
        """What it is to hold: not what was withdrawn and waits for work to be pushed."""
        return {each: document for each, document in (self.documents | self.cards).items() if each not in self.leaving}

    def held(self) -> list[Json]:
        """The same by id and digest, as a repair is asked for."""
        return [{"id": each, "digest": document_digest(document)} for each, document in self.kept.items()]

    def let_go(self) -> None:
        """Purge what was withdrawn, once nothing that was recorded about it waits to be pushed."""
        waiting = {typed.job for typed in self.outbox}
        for each in self.leaving - waiting:
            self.documents.pop(each, None)
            self.cards.pop(each, None)
            self.purged.append(each)
        self.leaving &= waiting

    def _take(self, job: Json, life: int) -> None:
        self.documents[job["id"]] = job
        self._holds(job["id"], life)

    def _holds(self, document_id: str, life: int) -> None:
        self.heard_in[document_id] = life
        self.leaving.discard(document_id)
        self.purged = [each for each in self.purged if each != document_id]
        self.confirmed.discard(document_id)

    def backup(self) -> "Device":
        """The app's storage as a backup would hold it."""
        return self._copied()

    def restore(self, backup: "Device") -> list[Typed]:
        """Become what the backup holds; the facts that are forgotten by that."""
        forgotten = [typed for typed in self.outbox if all(typed is not other for other in backup.outbox)]
        for typed in backup.outbox:
            typed.unanswered_elsewhere = True
        kept = backup.backup()
        for name in STORED:
            setattr(self, name, getattr(kept, name))
        return forgotten

    def clone(self) -> "Device":
        """A second phone with the same storage, and so with the same identity."""
        other = self._copied()
        for typed in self.outbox:
            typed.unanswered_elsewhere = True
        other.clock, other.twin = copy(self.clock), True
        return other

    def _copied(self) -> "Device":
        other = copy(self)
        other.outbox, other.answered, other.documents = [*self.outbox], [*self.answered], dict(self.documents)
        other.leaving, other.purged, other.confirmed = set(self.leaving), [*self.purged], set(self.confirmed)
        other.heard_in, other.brought_back = dict(self.heard_in), set(self.brought_back)
        other.cards = dict(self.cards)
        other.found_anew = None if self.found_anew is None else set(self.found_anew)
        return other
