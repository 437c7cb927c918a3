"""What was asked for strictly and acknowledged comes back after a restore; what was not, is refused as ever."""

from uuid import uuid4

from httpx import AsyncClient

from service.database import Database
from tests.builders.fleet import outcomes, planned_job
from tests.builders.organisations import Organisation
from tests.builders.phone import visit_planned
from tests.service.test_lives import Quarrel


async def test_what_was_acknowledged_and_lost_is_kept_when_it_comes_back_though_it_was_strict(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    """The visit was planned after the backup: nobody knows of it any more when the phone comes back first."""
    quarrel, visit_id, lost_job = Quarrel(client, database, an_organisation), uuid4(), uuid4()
    backup = await quarrel.begin()
    job_id = quarrel.job_id
    technician = an_organisation.technician.actor.member_id
    plan = quarrel.desk.fact(job_id, "visit_planned", visit_planned(technician, minute=600), visit_id=visit_id)
    await quarrel.desk.push(plan)
    await quarrel.pull()
    departed = {**quarrel.phone.fact(job_id, "departed", {}, visit_id=visit_id), "strict": True}
    elsewhere = {**quarrel.phone.fact(lost_job, "note_added", {"text": "一"}, base_version=5), "strict": True}
    assert outcomes(await quarrel.phone.push(departed, elsewhere)) == ["recorded", "refused"]
    await quarrel.restored(backup)

    back = outcomes(await quarrel.phone.push(departed, elsewhere))

    assert "refused" not in back
    await quarrel.pull()
    now = {**quarrel.phone.fact(job_id, "note_added", {"text": "二"}, visit_id=None), "strict": True}
    other = {**quarrel.phone.fact(lost_job, "note_added", {"text": "三"}), "strict": True}
    assert outcomes(await quarrel.phone.push(now, other)) == ["recorded", "refused"]


async def test_what_was_asked_for_without_a_document_is_kept_when_it_is_brought_back(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    """Its base says nothing of a lost log: the phone, which was asked to bring it, says so."""
    quarrel = Quarrel(client, database, an_organisation)
    backup = await quarrel.begin()
    job_id, _ = await planned_job(quarrel.desk, an_organisation.outlet_id, an_organisation.technician)
    blind = {**quarrel.phone.fact(job_id, "note_added", {"text": "一"}, minute=2), "strict": True}
    assert blind["base_version"] == 0
    assert outcomes(await quarrel.phone.push(blind)) == ["recorded"]
    await quarrel.restored(backup)

    assert outcomes(await quarrel.phone.push(blind)) == ["refused"]
    assert outcomes(await quarrel.phone.push(blind, brought_back=True)) == ["quarantined"]


async def test_a_new_fact_that_is_said_to_be_brought_back_is_judged_like_any_other(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    quarrel = Quarrel(client, database, an_organisation)
    await quarrel.begin()
    note = {**quarrel.phone.fact(uuid4(), "note_added", {"text": "三"}), "strict": True}

    assert outcomes(await quarrel.phone.push(note, brought_back=True)) == ["quarantined"]
