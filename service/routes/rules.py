"""The rules: transitions, gates, who may record what, who owns which field. A phone shows the same ones offline."""

from hashlib import sha256

import msgspec
from msgspec import Struct

from domain.conflicts.ownership import DETAIL_OWNERS
from domain.facts.kinds import KINDS
from domain.facts.shared import Detail
from domain.people.actor import Actor, Role
from domain.people.authority import MAY_RECORD
from domain.rules.rule import Rule
from domain.rules.sources import RULE_SOURCES, RuleSource
from domain.rules.table import RULES
from domain.rules.transitions import TRANSITIONS, Transition
from domain.steps.safety_checks import SAFETY_CHECKS, SafetyCheck
from service.http.endpoint import EncodedJson, Output, get


class RecordableKind(Struct, frozen=True, kw_only=True):
    """A kind of fact: whether it speaks about one visit, and who may record it."""

    name: str
    of_visit: bool
    roles: tuple[Role, ...]


class OwnedDetail(Struct, frozen=True, kw_only=True):
    """Who wins when two people set this field unaware of each other: desk_owns, door_owns or latest_wins."""

    field: Detail
    owner: str


class RuleBook(Output, frozen=True, kw_only=True):
    """All rules. `version` is a digest: equal digests mean equal rules.

    A transition moves a visit to `to` from one of its `sources`. A rule with `refuses` is a gate: broken offline it
    is a finding, asked for online it is a refusal. Sentences hold `{names}` that a finding's parameters fill.
    `rule_sources` tell where the number in a rule's `rule` comes from, `safety_checks` what a plan's codes ask for.
    """

    version: str
    kinds: tuple[RecordableKind, ...]
    transitions: tuple[Transition, ...]
    rules: tuple[Rule, ...]
    rule_sources: tuple[RuleSource, ...]
    safety_checks: tuple[SafetyCheck, ...]
    details: tuple[OwnedDetail, ...]


def _rule_book() -> RuleBook:
    kinds = tuple(
        RecordableKind(name=kind.name, of_visit=kind.of_visit, roles=tuple(sorted(MAY_RECORD[kind.name])))
        for kind in KINDS
    )
    details = tuple(OwnedDetail(field=field, owner=owner) for field, owner in DETAIL_OWNERS.items())
    book = RuleBook(
        version="",
        kinds=kinds,
        transitions=TRANSITIONS,
        rules=RULES,
        rule_sources=RULE_SOURCES,
        safety_checks=SAFETY_CHECKS,
        details=details,
    )
    return msgspec.structs.replace(book, version=sha256(msgspec.json.encode(book)).hexdigest())


RULE_BOOK = _rule_book()
_ANSWER = EncodedJson(msgspec.json.encode(RULE_BOOK), version=RULE_BOOK.version)


@get("/v1/rules", response=RuleBook)
async def read_rules(actor: Actor) -> EncodedJson:  # noqa: ARG001 (asks for sign-in)
    """Read the rules by which visits move and facts are judged.

    They change with a release only: ask with If-None-Match and nothing is sent while they are the same.
    """
    return _ANSWER
