"""A folder and a bucket keep files alike. The bucket is a real server that speaks S3, over HTTP."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import boto3
import pytest
from httpx import AsyncClient
from litestar import Litestar
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from msgspec.structs import replace

from service.app import create_app
from service.attachments.thumbnails import THUMBNAILS
from service.attachments.upkeep import CHECK
from service.attachments.vault import FileGone, Vault, VaultUnavailable, key_of, open_vault
from service.database import Database
from service.running.doctor import photos
from service.settings import Settings, SettingsError, read_settings
from service.store.work import tasks
from service.work.crew import Crew
from tests.builders.fleet import both, planned_job
from tests.builders.organisations import Organisation
from tests.builders.sending import Sender, digest_of, photo
from tests.conftest import speaking_to
from tests.processes.installations import free_port

BUCKET = "photos"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Where a bucket is."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=url, **keys).create_bucket(Bucket=BUCKET)
    yield url
    server.stop()


def in_bucket(settings: Settings, url: str) -> Settings:
    """As these, with files in the bucket."""
    told = {"ONSITE_DATA": settings.data_directory, "ONSITE_ATTACHMENTS": f"s3://{BUCKET}/onsite"}
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
    return read_settings({**told, **keys, "AWS_ENDPOINT_URL": url})


@pytest.fixture(params=["a folder", "a bucket"])
def vault(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Vault:
    if request.param == "a folder":
        return open_vault(Settings(attachments=str(tmp_path / "files")))
    return open_vault(in_bucket(settings, request.getfixturevalue("s3")))


async def content(vault: Vault, key: str, span: tuple[int, int] | None = None) -> bytes:
    return b"".join([chunk async for chunk in await vault.read(key, span)])


async def test_what_is_put_is_read_whole_and_in_part_and_put_again_replaces_it(vault: Vault, tmp_path: Path) -> None:
    key, given = key_of(uuid4(), bytes(32)), tmp_path / "given"
    given.write_bytes(photo(more_bytes=12_000_000))

    await vault.put(key, b"first")
    await vault.put(key, given)

    assert await content(vault, key) == given.read_bytes()
    assert await content(vault, key, (5, 5_300_000)) == given.read_bytes()[5:5_300_000]


async def test_what_is_not_there_is_gone_and_deleting_it_is_no_trouble(vault: Vault) -> None:
    key = key_of(uuid4(), bytes(32))
    await vault.put(key, b"content")

    await vault.delete([key, key])

    with pytest.raises(FileGone):
        await vault.read(key)


async def test_the_doctor_says_whether_files_can_be_kept_where_the_settings_say(
    s3: str, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    kept = in_bucket(settings, s3)
    places = {
        "a bucket": kept,
        "a folder": replace(settings, attachments=str(tmp_path / "new" / "photos")),
        "no such bucket": replace(kept, attachments="s3://elsewhere"),
        "nobody": replace(kept, s3_endpoint=f"http://127.0.0.1:{free_port()}"),
        "a file": replace(settings, attachments=str(tmp_path / "file" / "photos")),
        "no room for uploads": replace(kept, data_directory=str(tmp_path / "file")),
    }

    found = {name: (await photos(each)).must_be_mended for name, each in places.items()}

    assert [name for name, wrong in found.items() if wrong] == list(places)[2:]
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


async def test_files_are_listed_below_their_organisation_only(vault: Vault) -> None:
    mine, others = uuid4(), uuid4()
    keys = {key_of(mine, bytes([number]) * 32) for number in range(3)}
    for key in (*keys, key_of(others, bytes(32))):
        await vault.put(key, b"content")

    found = [each async for batch in vault.listed(str(mine)) for each in batch]

    assert {each.key for each in found} == keys
    assert all(each.changed_at.tzinfo is not None for each in found)


async def test_a_bucket_that_does_not_answer_is_an_outage_not_a_loss(settings: Settings) -> None:
    vault = open_vault(in_bucket(settings, "http://127.0.0.1:9"))

    with pytest.raises(VaultUnavailable):
        async with asyncio.timeout(60):
            await vault.read(key_of(uuid4(), bytes(32)))


@pytest.fixture
def bucket_settings(settings: Settings, s3: str) -> Settings:
    return in_bucket(settings, s3)


@pytest.fixture
def on_s3(database: Database, bucket_settings: Settings) -> Litestar:
    """The application with its files in the bucket."""
    app = create_app(bucket_settings, "postgresql://")
    app.state.database = database
    return app


@pytest.fixture
async def job_id(client: AsyncClient, an_organisation: Organisation) -> UUID:
    desk, _ = both(client, an_organisation)
    return (await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0]


async def test_a_photo_goes_to_the_bucket_and_back_and_its_damage_is_found(
    on_s3: Litestar, bucket_settings: Settings, job_id: UUID, database: Database, an_organisation: Organisation
) -> None:
    sent, org_id = photo(more_bytes=6_000_000), an_organisation.org_id
    vault = open_vault(bucket_settings)
    async with speaking_to(on_s3) as client:
        sender = Sender(client, an_organisation.technician)
        done = await sender.send(job_id, sent)
        crew = Crew(database, bucket_settings, [THUMBNAILS, CHECK])
        await crew.look()
        await crew.idle()
        answers = [
            await sender.read(sent),
            await sender.read(sent, Range="bytes=1-9"),
            await sender.read(sent, "/thumbnail"),
        ]
        await vault.put(key_of(org_id, bytes.fromhex(digest_of(sent))), b"damaged")
        async with database.transaction() as db:
            await tasks.ask(db, org_id, CHECK.name, CHECK.details())
        await crew.look()
        await crew.idle()
        damaged = await sender.read(sent)

    assert (done.status_code, [answer.status_code for answer in answers]) == (204, [200, 206, 200])
    assert (answers[0].content, answers[1].content) == (sent, sent[1:10])
    assert damaged.json()["code"] == "attachment_damaged"


async def test_while_the_bucket_does_not_answer_nothing_is_lost(
    settings: Settings, s3: str, job_id: UUID, database: Database, an_organisation: Organisation
) -> None:
    """The last piece is answered by 503; when the bucket is back, asking finishes the upload."""
    sent, apps = photo(), []
    for url in ("http://127.0.0.1:9", s3):
        app = create_app(in_bucket(settings, url), "postgresql://")
        app.state.database = database
        apps.append(app)
    async with speaking_to(apps[0]) as client:
        sender = Sender(client, an_organisation.technician)
        address = (await sender.begin(job_id, sent)).headers["location"]
        refused = await sender.piece(address, 0, sent)
    async with speaking_to(apps[1]) as client:
        sender = Sender(client, an_organisation.technician)
        asked, read = await sender.head(address), await sender.read(sent)

    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert (asked.headers["upload-offset"], read.content) == (str(len(sent)), sent)


@pytest.mark.parametrize("where", ["photos", "./photos", "https://photos", "s3:/photos", "s3://", "gs://photos"])
def test_a_place_that_is_no_place_is_refused_at_the_start(where: str) -> None:
    with pytest.raises(SettingsError, match="ONSITE_ATTACHMENTS"):
        read_settings({"ONSITE_ATTACHMENTS": where})
