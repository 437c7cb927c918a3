"""A device's counter: used once for each fact, or the device is not alone."""

from collections.abc import Sequence
from uuid import UUID, uuid5

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sync.intake import Known, Past, sort_out
from sync.protocol import DeviceTrouble
from sync.record import Record, read
from sync.trouble import Trouble, trouble, uncounted
from tests.sync.examples import JOB, NAMESPACE, NOON


def said(fact: int, text: int, seq: int | None) -> Record:
    note = {"id": str(uuid5(NAMESPACE, str(fact))), "seq": seq, "note_added": {"text": str(text)}}
    found = read(msgspec.json.encode({**note, "job_id": str(JOB), "happened_at": NOON}))
    assert isinstance(found, Record)
    return found


batches = st.lists(st.builds(said, st.integers(0, 5), st.integers(0, 1), st.none() | st.integers(0, 5)), max_size=6)


def found_in(batch: Sequence[Record], before: Sequence[Record] = (), *, logged: bool = True) -> Trouble | None:
    """What a batch shows on top of what was pushed before it, and recorded or set aside."""
    by_id: dict[UUID, list[Known]] = {}
    for each in before:
        by_id.setdefault(each.envelope.id, []).append(Known(each.digest, b"", logged))
    by_seq = {each.envelope.seq: each.envelope.id for each in before if each.envelope.seq is not None}
    past = Past(by_id, by_seq)
    return trouble(sort_out(batch, past, {}), past.by_seq)


@given(batches)
def test_a_batch_is_trouble_when_an_id_says_two_things_or_a_number_stands_on_two_facts(batch: list[Record]) -> None:
    contents = {(each.envelope.id, each.digest) for each in batch}
    numbers = {(each.envelope.seq, each.envelope.id) for each in batch if each.envelope.seq is not None}
    two_things = len(contents) > len({fact_id for fact_id, _ in contents})
    two_facts = len(numbers) > len({seq for seq, _ in numbers})
    found = found_in(batch)
    assert (found is not None) == (two_things or two_facts)
    if found is not None:
        assert (found.why is DeviceTrouble.FACT_ID_REUSED) == two_things


@given(batches, batches)
def test_a_repeat_says_nothing_new(before: list[Record], batch: list[Record]) -> None:
    assert found_in(before, before) is None
    again = found_in([*before, *batch], before)
    assert again == found_in(batch, before)


@given(batches, batches)
def test_facts_without_a_number_are_counted_by_nobody(before: list[Record], batch: list[Record]) -> None:
    unnumbered = [each for each in batch if each.envelope.seq is None]
    found = found_in(unnumbered, before)
    assert found is None or found.why is DeviceTrouble.FACT_ID_REUSED


def test_an_id_that_says_two_things_is_trouble_also_where_the_first_only_waits_in_quarantine() -> None:
    found = found_in([said(1, 1, 8)], [said(1, 0, 7)], logged=False)
    assert found is not None
    assert found.why is DeviceTrouble.FACT_ID_REUSED


def test_both_facts_of_a_number_are_named() -> None:
    before, after = said(1, 0, 7), said(2, 0, 7)
    found = found_in([after], [before])
    assert found is not None
    named = (found.fact_id, found.earlier_fact_id, found.seq)
    assert named == (after.envelope.id, before.envelope.id, 7)


def test_facts_of_a_counter_that_gave_a_number_twice_keep_their_content_and_lose_their_number() -> None:
    record = said(1, 2, 4)
    (told,) = uncounted({7: record}).values()
    assert (told.envelope.seq, told.raw, told.digest) == (None, record.raw, record.digest)
