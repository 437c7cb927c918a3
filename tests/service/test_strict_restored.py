"""What was asked for strictly and acknowledged comes back after a restore; what was not, is refused as ever."""

from uuid import uuid4

from httpx import AsyncClient

from service.database import Database
from tests.fleet import outcomes
from tests.organisations import Organisation
from tests.phone import visit_planned
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
