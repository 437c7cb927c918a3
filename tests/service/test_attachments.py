"""What is kept is handed out whole or in part, never as something that runs, and small pictures hold nothing of it."""

import io
from uuid import UUID

import pytest
from httpx import AsyncClient
from PIL import Image

from domain.people.actor import Role
from service.attachments.thumbnails import THUMBNAILS
from service.database import Database
from service.settings import Settings
from service.store.tables import attachment_jobs, attachments
from service.work.crew import Crew
from tests.builders.fleet import a_person, an_outlet, both, planned_job, stored
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone
from tests.builders.sending import Sender, digest_of, photo


@pytest.fixture
async def job_id(client: AsyncClient, an_organisation: Organisation) -> UUID:
    """A job that the technician holds."""
    desk, _ = both(client, an_organisation)
    return (await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0]


@pytest.fixture
def sender(client: AsyncClient, an_organisation: Organisation) -> Sender:
    return Sender(client, an_organisation.technician)


async def draw(database: Database, settings: Settings) -> None:
    """Let a crew do what was asked for."""
    crew = Crew(database, settings, [THUMBNAILS])
    await crew.look()
    await crew.idle()


async def test_a_file_is_a_download_that_never_changes_and_runs_nowhere(sender: Sender, job_id: UUID) -> None:
    content = photo()
    await sender.send(job_id, content)

    told = (await sender.read(content)).headers

    assert told["content-type"] == "image/jpeg"
    assert told["content-disposition"] == f'attachment; filename="{digest_of(content)}.jpg"'
    assert told["etag"] == f'"{digest_of(content)}"'
    assert told["cache-control"] == "private, max-age=31536000, immutable"
    assert told["x-content-type-options"] == "nosniff"
    assert "sandbox" in told["content-security-policy"]
    assert "content-encoding" not in told


async def test_who_has_it_already_is_sent_nothing(sender: Sender, job_id: UUID) -> None:
    content = photo()
    await sender.send(job_id, content)

    same = await sender.read(content, **{"If-None-Match": f'"other", "{digest_of(content)}"'})
    other = await sender.read(content, **{"If-None-Match": '"other"'})

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=10-", slice(10, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=5-999999", slice(5, None)),
    ],
)
async def test_a_part_is_had_by_its_range(sender: Sender, job_id: UUID, said: str, part: slice) -> None:
    content = photo()
    await sender.send(job_id, content)

    answer = await sender.read(content, Range=said)

    start, end, _ = part.indices(len(content))
    assert (answer.status_code, answer.content) == (206, content[part])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(content)}"


@pytest.mark.parametrize("said", ["bytes=0-1,3-4", "lines=1-2", "bytes=", "bytes=-", "bytes=9-3", "bytes=a-b"])
async def test_what_is_no_single_range_means_the_whole(sender: Sender, job_id: UUID, said: str) -> None:
    content = photo()
    await sender.send(job_id, content)

    answer = await sender.read(content, Range=said)
    of_another = await sender.read(content, Range="bytes=0-1", **{"If-Range": '"other"'})

    assert (answer.status_code, answer.content) == (200, content)
    assert of_another.status_code == 200


@pytest.mark.parametrize("said", ["bytes=99999999-", "bytes=-0"])
async def test_a_range_beyond_the_end_is_refused_with_the_length(sender: Sender, job_id: UUID, said: str) -> None:
    content = photo()
    await sender.send(job_id, content)

    answer = await sender.read(content, Range=said)

    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


async def test_a_head_says_all_and_sends_nothing(sender: Sender, job_id: UUID) -> None:
    content = photo()
    await sender.send(job_id, content)

    answer = await sender.client.head(f"/v1/attachments/{digest_of(content)}", headers=sender.person.headers)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(content))


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "A" * 64, "ab" * 31, "ab" * 32 + ".jpg", "%00"])
async def test_what_is_no_digest_names_nothing(sender: Sender, name: str) -> None:
    answer = await sender.client.get(f"/v1/attachments/{name}", headers=sender.person.headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_same_photo_twice_is_kept_once_and_seen_in_both_jobs(
    sender: Sender,
    job_id: UUID,
    database: Database,
    settings: Settings,
    client: AsyncClient,
    an_organisation: Organisation,
) -> None:
    content = photo()
    desk, _ = both(client, an_organisation)
    other_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician, begins=300)

    answers = [await sender.send(each, content) for each in (job_id, job_id, other_id)]

    kept = list((settings.data_path / "attachments").rglob(digest_of(content)))
    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert len(kept) == len(await stored(database, attachments)) == 1
    assert {row["job_id"] for row in await stored(database, attachment_jobs)} == {job_id, other_id}


async def test_naming_a_digest_gives_nobody_its_bytes(
    sender: Sender, job_id: UUID, database: Database, client: AsyncClient, an_organisation: Organisation
) -> None:
    """Bytes are seen where they were sent: a fact of one's own job that names another's photo opens nothing."""
    content = photo()
    await sender.send(job_id, content)
    thief = await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0108")
    desk, _ = both(client, an_organisation)
    own_id, visit_id = await planned_job(desk, an_organisation.outlet_id, thief)
    named = {"digest": digest_of(content), "media_type": "image/jpeg", "size_bytes": 1, "purpose": "before"}
    phone = Phone(client, thief)
    await phone.push(phone.fact(own_id, "attachment_added", named, visit_id=visit_id))
    listed = (await client.get(f"/v1/jobs/{own_id}/evidence", headers=thief.headers)).json()

    assert (await Sender(client, thief).read(content)).status_code == 404
    assert [each["state"] for each in listed["items"]] == ["pending"]


async def test_the_desk_of_another_outlet_sees_no_file(
    sender: Sender, job_id: UUID, database: Database, an_organisation: Organisation
) -> None:
    content = photo()
    await sender.send(job_id, content)
    outlet_id = await an_outlet(database, an_organisation, "HZ02")
    elsewhere = await a_person(database, an_organisation, Role.DISPATCHER, "HZ02-DISPATCH", outlet_id)
    auditor = await a_person(database, an_organisation, Role.AUDITOR, "AUDIT")

    answers = [await Sender(sender.client, person).read(content) for person in (elsewhere, auditor)]

    assert [answer.status_code for answer in answers] == [404, 200]


async def test_a_thumbnail_is_small_upright_and_holds_nothing_of_the_original(
    sender: Sender, job_id: UUID, database: Database, settings: Settings
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8825] = 6, "王建国", {1: "N", 2: (30.0, 16.0, 0.0)}
    content = photo(width=900, height=600, exif=exif.tobytes()) + b"<script>TRAILING</script>"
    await sender.send(job_id, content)

    early = await sender.read(content, "/thumbnail")
    await draw(database, settings)
    small = await sender.read(content, "/thumbnail")

    with Image.open(io.BytesIO(small.content)) as drawn:
        shown = (drawn.format, drawn.size, dict(drawn.getexif()), drawn.info.get("exif"))
    assert (early.status_code, early.json()["code"], early.headers["retry-after"]) == (409, "thumbnail_not_ready", "2")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/jpeg")
    assert shown == ("JPEG", (341, 512), {}, None)
    assert b"TRAILING" not in small.content
    assert "王建国".encode() not in small.content
    assert (await sender.read(content)).content == content


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_every_kind_of_picture_gets_its_thumbnail(
    sender: Sender, job_id: UUID, database: Database, settings: Settings, kind: str
) -> None:
    content = photo(kind=kind)
    await sender.send(job_id, content)

    await draw(database, settings)

    assert (await sender.read(content, "/thumbnail")).headers["content-type"] == "image/jpeg"


async def test_a_picture_that_cannot_be_drawn_is_kept_all_the_same(
    sender: Sender, job_id: UUID, database: Database, settings: Settings
) -> None:
    """Evidence of a broken camera is evidence."""
    whole = photo(width=300, height=300)
    torn = whole[: len(whole) // 2]
    await sender.send(job_id, torn)

    await draw(database, settings)

    assert (await sender.read(torn)).content == torn
    assert (await sender.read(torn, "/thumbnail")).status_code == 404
    assert [row["thumbnail"] for row in await stored(database, attachments)] == ["failed"]


async def test_what_is_no_picture_has_no_thumbnail(
    sender: Sender, job_id: UUID, database: Database, settings: Settings
) -> None:
    content = b"%PDF-1.7\n" + bytes(500)
    await sender.send(job_id, content)

    await draw(database, settings)

    assert (await sender.read(content)).headers["content-type"] == "application/pdf"
    assert (await sender.read(content, "/thumbnail")).status_code == 404


async def test_bytes_that_vanished_are_told_of_and_not_a_fault(
    sender: Sender, job_id: UUID, settings: Settings
) -> None:
    content = photo()
    await sender.send(job_id, content)
    for path in (settings.data_path / "attachments").rglob(digest_of(content)):
        path.unlink()

    answer = await sender.read(content)

    assert (answer.status_code, answer.json()["code"]) == (410, "attachment_damaged")
