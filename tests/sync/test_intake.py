"""Sorting a batch out: fresh, repeated, reused, unreadable; each fact in one place and in one only."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid5

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sync.intake import Intake, Known, Past, set_aside, sort_out
from sync.protocol import Outcome
from sync.record import Record, Unreadable, read
from tests.sync.examples import JOB, NAMESPACE, NOON

DEVICE = uuid5(NAMESPACE, "device")
AT = datetime(2026, 11, 22, 13, tzinfo=UTC)


def said(fact: int, text: int) -> Record | Unreadable:
    """A note, or something unreadable for the text 0."""
    note = {"text": str(text)} if text else 7
    fact_id = str(uuid5(NAMESPACE, str(fact)))
    return read(msgspec.json.encode({"id": fact_id, "job_id": str(JOB), "happened_at": NOON, "note_added": note}))


batches = st.lists(st.builds(said, st.integers(0, 3), st.integers(0, 3)), max_size=12)


def remembered(before: Sequence[Record | Unreadable], *, logged: bool = True) -> tuple[Past, dict[bytes, bytes]]:
    """What the store would know after this batch, if it recorded it or set all of it aside."""
    known: dict[UUID, list[Known]] = {}
    for each in before:
        if isinstance(each, Record):
            known.setdefault(each.envelope.id, []).append(Known(each.digest, b"answer " + each.digest, logged))
    return Past(known, {}), {each.digest: b"answer " + each.digest for each in before if isinstance(each, Unreadable)}


def places(intake: Intake) -> list[int]:
    kinds = (intake.fresh, intake.repeats, intake.again, intake.reused, intake.unreadable)
    return sorted(index for kind in kinds for index in kind)


@given(batches, batches)
def test_each_fact_has_one_place(before: list[Record | Unreadable], batch: list[Record | Unreadable]) -> None:
    assert places(sort_out(batch, *remembered(before))) == list(range(len(batch)))


@given(batches)
def test_a_batch_sent_again_is_all_repeats(batch: list[Record | Unreadable]) -> None:
    intake = sort_out(batch, *remembered(batch))
    assert not intake.fresh
    assert not intake.reused
    assert not intake.unreadable
    assert all(intake.repeats[index] == b"answer " + batch[index].digest for index in intake.repeats)
    assert all(batch[first].digest == batch[index].digest for index, first in intake.again.items())


@given(batches, batches)
def test_an_id_is_fresh_once_and_its_other_contents_are_set_aside(
    before: list[Record | Unreadable], batch: list[Record | Unreadable]
) -> None:
    past, known_bytes = remembered(before)
    intake = sort_out(batch, past, known_bytes)
    fresh = [record.envelope.id for record in intake.fresh.values()]
    assert len(fresh) == len(set(fresh))
    assert not set(fresh) & set(past.by_id)
    for record in intake.reused.values():
        assert record.envelope.id in past.by_id or record.envelope.id in fresh


@given(batches, batches)
def test_what_waits_in_quarantine_owns_no_id(
    before: list[Record | Unreadable], batch: list[Record | Unreadable]
) -> None:
    past, known_bytes = remembered(before, logged=False)
    intake = sort_out(batch, past, known_bytes)
    old = {each.digest for each in before}
    new = {each.envelope.id for each in batch if isinstance(each, Record) and each.digest not in old}
    assert {each.envelope.id for each in intake.fresh.values()} == new
    shared = {index: each for index, each in intake.fresh.items() if each.envelope.id in past.by_id}
    assert intake.shared == shared


@given(batches)
def test_what_is_set_aside_has_one_case_for_each_content_and_device(batch: list[Record | Unreadable]) -> None:
    aside = set_aside(sort_out(batch, Past({}, {}), {}), (), DEVICE, AT)
    case_ids = [each.answer.case_id for each in aside.values()]
    assert len(case_ids) == len(set(case_ids))
    for index, each in aside.items():
        assert each.pushed is batch[index]
        assert each.answer.case_id == uuid5(DEVICE, each.pushed.digest.hex())
        unreadable = isinstance(each.pushed, Unreadable)
        assert each.answer.outcome is (Outcome.UNREADABLE if unreadable else Outcome.QUARANTINED)
        assert each.answer.code == (each.pushed.code if isinstance(each.pushed, Unreadable) else "fact_id_reused")
