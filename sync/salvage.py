"""Taking the facts out of a push that is not valid JSON throughout, so that one broken fact holds up no others.

What is whole is told from what is not in three steps, at each place where a fact may begin:

1. A JSON value, no list, that ends at a comma or at the list's end is one fact, whatever it says.
2. Else, where texts stand by themselves, brackets match and no name of the envelope comes twice, it is one broken
   fact.
3. Else it broke off inside a text or a bracket, and nobody can tell where: the next readable envelope after a comma is
   where the next fact begins, or the list's end. All bytes up to there are one unreadable fact.

After a fact of the third kind nobody can count: it may have swallowed others. The facts behind it are recorded all the
same, but answered only up to it (`counted`), since a phone knows its facts by their place: what was not answered it
keeps and sends again, then without the broken one. So each push frees at least one fact, and no answer makes a phone
forget one that was not kept. Where the list has no end, its last piece is kept and not answered: the push itself was
cut, and the phone may still have the whole fact.
"""

import json
import re

import msgspec
from msgspec import Struct

from sync.protocol import FACTS_PER_PUSH
from sync.record import Envelope

_MARKS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:,]', re.DOTALL)
_CLOSED_BY = {b"[": b"]", b"{": b"}"}
_ONCE_IN_A_FACT = (b'"id"', b'"job_id"', b'"happened_at"')
_BLANK = b" \t\r\n"
_SPACE = re.compile(rb"[ \t\r\n]*")
_AFTER_A_COMMA = re.compile(rb"[,\[][ \t\r\n]*(?=\{)")
_END = re.compile(rb"\]")
_ENVELOPE = msgspec.json.Decoder(Envelope)
_BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)
_VALUE = json.JSONDecoder()
_DEEP = 100_000
_WINDOW = 16_384


class Apart(Struct, frozen=True):
    """The push without its facts, each fact's own bytes, and how many of them are certain to stand in their place."""

    rest: bytes
    facts: list[bytes]
    counted: int


def facts_apart(raw: bytes) -> Apart | None:
    """The facts and the rest of the push, or None when not even the list of facts can be found. Never raises.

    Where there are more facts than a push may have, it stops after one too many.
    """
    start = _list_of_facts(raw)
    return None if start is None else _Body(raw).facts(start)


class _Body:
    """A body being read. `patience` limits the work: it falls with every byte that was looked at in vain."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        # One character for each byte, so that places agree; what the texts say is nothing to this module.
        self.text = raw.decode("latin-1")
        self.patience = 4 * len(raw) + _DEEP

    def facts(self, start: int) -> Apart | None:
        at, facts, doubtful = self.past_space(start), list[bytes](), False
        counted = 0
        while at < len(self.raw) and not self.closes(at) and len(facts) <= FACTS_PER_PUSH:
            end, certain = self.end_of_fact(at), not doubtful
            if end is None:
                doubtful, end = True, self.next_fact(at) or self.end_of_list(at)
            certain, end = certain and end is not None, len(self.raw) if end is None else end
            facts.append(self.raw[at:end].rstrip(_BLANK).removesuffix(b",").rstrip(_BLANK))
            counted += certain
            at = self.past_space(end + self.is_at(end, b","))
        rest = self.raw[:start] + (self.raw[at:] or b"]}")
        return Apart(rest, facts, counted) if counted or self.closes(at) else None

    def end_of_fact(self, at: int) -> int | None:
        """The separator after the fact that begins here, where it is certain that this is one fact and no more."""
        if self.is_at(at, b","):
            return at
        # What begins as a list may end with the list of facts.
        if self.is_at(at, b"["):
            return None
        end = self.end_of_value(at)
        if end is not None:
            return end
        end = self.end_of_matching(at)
        if end is None or not (self.is_at(at, b"{") or self.raw.find(b'"', at, end) < 0):
            return None
        return end if all(self.raw.count(name, at, end) <= 1 for name in _ONCE_IN_A_FACT) else None

    def end_of_value(self, at: int) -> int | None:
        """The separator after the JSON value that begins here."""
        end = self.end_within(at, at + _WINDOW)
        if end is None and self.patience > 0 and at + _WINDOW < len(self.raw):
            end = self.end_within(at, len(self.raw))
        if end is None:
            return None
        end = self.past_space(end)
        if self.is_at(end, b",") or self.closes(end) or (end == len(self.raw) and self.is_at(at, b"{")):
            return end
        self.patience -= end - at
        return None

    def end_within(self, at: int, limit: int) -> int | None:
        # Of the window alone: the decoder counts every line of its text up to a mistake.
        try:
            _, length = _VALUE.raw_decode(self.text[at:limit])
        except (ValueError, RecursionError) as wrong:
            self.patience -= getattr(wrong, "pos", _DEEP) + (limit - at) // 64 + 64
            return None
        return at + length

    def end_of_matching(self, at: int) -> int | None:
        """The first separator before which every text is complete and every bracket is closed."""
        closing, was_text, past = list[bytes](), False, at
        for found in _MARKS.finditer(self.raw, at):
            mark, is_text = found[0], found[0][:1] == b'"'
            if (was_text or is_text) and self.raw[past : found.start()].strip(_BLANK):
                break
            was_text, past = is_text, found.end()
            if not closing and mark in b",]":
                return found.start() if mark == b"," or self.closes(found.start()) else None
            # What begins as a list behind a fact may end with the list of facts.
            if not closing and mark == b"[":
                break
            if mark in _CLOSED_BY:
                closing.append(_CLOSED_BY[mark])
            elif mark in b"]}" and (not closing or closing.pop() != mark):
                break
        self.patience -= len(self.raw) - at
        return None

    def next_fact(self, at: int) -> int | None:
        """Where the next fact certainly begins."""
        for found in _AFTER_A_COMMA.finditer(self.raw, at):
            place = found.end()
            if self.patience < 0:
                break
            end = self.end_of_value(place)
            if end is None:
                continue
            try:
                _ENVELOPE.decode(self.raw[place:end])
            except _BROKEN:
                self.patience -= end - place + 512
            else:
                return place
        return None

    def end_of_list(self, at: int) -> int | None:
        """The first closing bracket after which the push goes on, and ends, as JSON."""
        ends = (found.start() for found in _END.finditer(self.raw, at))
        return next((end for end in ends if self.patience > 0 and self.is_end(end)), None)

    def closes(self, at: int) -> bool:
        """Whether the list ends here; where no bracket is followed by what must follow, the next one is its end."""
        return self.is_at(at, b"]") and (self.is_end(at) or self.end_of_list(at + 1) is None)

    def is_end(self, at: int) -> bool:
        at = self.past_space(at + 1)
        while self.is_at(at, b","):
            name = self.end_of_part(self.past_space(at + 1))
            if name is None or not self.is_at(name, b":"):
                return False
            value = self.end_of_part(self.past_space(name + 1))
            if value is None:
                return False
            at = value
        return self.is_at(at, b"}") and self.past_space(at + 1) == len(self.raw)

    def end_of_part(self, at: int) -> int | None:
        try:
            _, end = _VALUE.raw_decode(self.text, at)
        except (ValueError, RecursionError):
            self.patience -= 1
            return None
        self.patience -= end - at
        return self.past_space(end)

    def past_space(self, at: int) -> int:
        found = _SPACE.match(self.raw, at)
        return at if found is None else found.end()

    def is_at(self, at: int, mark: bytes) -> bool:
        return self.raw.startswith(mark, at)


def _list_of_facts(raw: bytes) -> int | None:
    """Where the list of facts begins."""
    depth, name = 0, b""
    for found in _MARKS.finditer(raw):
        mark = found[0]
        if depth == 1 and mark[:1] == b'"':
            name = mark.strip(b'"')
        if depth == 1 and name == b"facts" and mark == b"[":
            return found.end()
        depth += (mark in b"[{") - (mark in b"]}")
    return None
