"""Bytes by tus 1.0: what arrives stays, what is kept is what was named, and nobody reaches what is not theirs."""

import asyncio
import base64
import io
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from PIL import Image

from domain.people.actor import Role
from service.attachments import spool, upkeep
from service.database import Database
from service.settings import Settings
from service.store.tables import attachments, uploads
from tests.builders.fleet import a_person, both, planned_job, stored
from tests.builders.organisations import Organisation, add_organisation
from tests.builders.sending import TUS, Sender, digest_of, metadata, photo

OFFSET = "upload-offset"


@pytest.fixture
async def job_id(client: AsyncClient, an_organisation: Organisation) -> UUID:
    """A job that the technician holds."""
    desk, _ = both(client, an_organisation)
    return (await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0]


@pytest.fixture
def sender(client: AsyncClient, an_organisation: Organisation) -> Sender:
    return Sender(client, an_organisation.technician)


def vault_files(settings: Settings) -> list[Path]:
    folder = settings.data_path / "attachments"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


def spooled(settings: Settings, organisation: Organisation) -> list[Path]:
    folder = settings.spool_path / str(organisation.org_id)
    return list(folder.iterdir()) if folder.is_dir() else []


async def test_a_photo_sent_in_pieces_is_read_back_byte_for_byte(
    sender: Sender, job_id: UUID, settings: Settings, an_organisation: Organisation
) -> None:
    content = photo(more_bytes=700_000)
    begun = await sender.begin(job_id, content, filename="IMG_0001.jpg", filetype="image/jpeg", purpose="before")
    address = begun.headers["location"]

    first = await sender.piece(address, 0, content[:300_000])
    asked = await sender.head(address)
    last = await sender.piece(address, 300_000, content[300_000:])

    assert (begun.status_code, first.status_code, last.status_code) == (201, 204, 204)
    assert [answer.headers[OFFSET] for answer in (begun, first, asked, last)] == [
        "0",
        "300000",
        "300000",
        str(len(content)),
    ]
    assert {answer.headers["tus-resumable"] for answer in (begun, first, asked, last)} == {"1.0.0"}
    assert asked.headers["upload-length"] == str(len(content))
    assert (await sender.read(content)).content == content
    assert spooled(settings, an_organisation) == []


async def test_the_server_says_what_it_speaks(client: AsyncClient) -> None:
    told = (await client.options("/v1/uploads")).headers

    assert (told["tus-version"], told["tus-resumable"]) == ("1.0.0", "1.0.0")
    assert set(told["tus-extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    assert set(told["tus-checksum-algorithm"].split(",")) == {"sha1", "sha256"}


async def test_what_arrived_before_the_connection_broke_stays(sender: Sender, job_id: UUID) -> None:
    content = photo(more_bytes=2_000_000)
    address = (await sender.begin(job_id, content)).headers["location"]

    cut = await send_cut(sender, address, content[:900_001])
    stands = int((await sender.head(address)).headers[OFFSET])
    done = await sender.piece(address, stands, content[stands:])

    assert (cut, stands) == (400, 900_001)
    assert (done.status_code, (await sender.read(content)).content) == (204, content)


async def send_cut(sender: Sender, address: str, content: bytes) -> int:
    """A piece whose sender is gone before its end, as a server hands it to the application; the status."""
    told: list[int] = []
    events: list[dict[str, object]] = [
        {"type": "http.request", "body": content, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, object]:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            told.append(int(str(message["status"])))

    headers = {**sender.person.headers, **TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "path": address,
        "raw_path": address.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("onsite.test", 80),
        "state": {},
    }
    await sender.client._transport.app(scope, receive, send)  # type: ignore[attr-defined]  # noqa: SLF001
    return told[0]


@pytest.mark.parametrize("more", [1, -1, 10**15])
async def test_a_wrong_offset_is_told_where_to_go_on_and_changes_nothing(
    sender: Sender, job_id: UUID, more: int
) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    await sender.piece(address, 0, content[:100])

    refused = await sender.piece(address, 100 + more, content[100:])

    assert (refused.status_code, refused.json()["code"]) == (409, "upload_offset_mismatch")
    assert refused.json()["retryable"] is False, "the very same piece would meet the same answer for ever"
    assert (await sender.head(address)).headers[OFFSET] == "100"


@pytest.mark.parametrize("offset", ["-1", "1.5", "x", "0x10", "9" * 30])
async def test_an_offset_that_is_no_number_is_refused(sender: Sender, job_id: UUID, offset: str) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]

    refused = await sender.piece(address, 0, content, **{"Upload-Offset": offset})

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_header")


@pytest.mark.parametrize("name", ["sha1", "sha256"])
async def test_a_piece_with_its_checksum_counts_and_one_with_another_does_not(
    sender: Sender, job_id: UUID, name: str
) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    hashed = {"sha1": sha1, "sha256": sha256}[name](content[:200]).digest()
    fits = f"{name} {base64.b64encode(hashed).decode()}"

    wrong = await sender.piece(address, 0, b"x" + content[1:200], **{"Upload-Checksum": fits})
    between = (await sender.head(address)).headers[OFFSET]
    right = await sender.piece(address, 0, content[:200], **{"Upload-Checksum": fits})

    assert (wrong.status_code, wrong.json()["code"], between) == (460, "checksum_mismatch", "0")
    assert (right.status_code, right.headers[OFFSET]) == (204, "200")


@pytest.mark.parametrize(
    ("checksum", "answer"),
    [("md5 abc", (400, "checksum_unsupported")), ("sha1 ä", (422, "invalid_header")), ("", (400, None))],
)
async def test_a_checksum_that_cannot_be_read_is_refused(
    sender: Sender, job_id: UUID, checksum: str, answer: tuple[int, str | None]
) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]

    refused = await sender.client.patch(
        address,
        headers={
            b"Authorization": sender.person.headers["Authorization"].encode(),
            b"Tus-Resumable": b"1.0.0",
            b"Content-Type": b"application/offset+octet-stream",
            b"Upload-Offset": b"0",
            b"Upload-Checksum": checksum.encode("latin-1"),
        },
        content=content,
    )

    assert refused.status_code == answer[0]
    assert answer[1] is None or refused.json()["code"] == answer[1]
    assert (await sender.head(address)).headers[OFFSET] == "0"


def bomb() -> bytes:
    """A few kilobytes that want to be 20,000 x 20,000 pixels."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG", optimize=True)
    return out.getvalue()


def header_bomb() -> bytes:
    """A PNG whose header alone promises more than any memory holds."""
    size = (2**31 - 1).to_bytes(4, "big")
    head = b"IHDR" + size + size + bytes((8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big") + b"\0\0\1\0IDAT"


HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
LIES: list[tuple[str, bytes, dict[str, str], tuple[int, str]]] = [
    ("a page called a photo", HTML, {"filetype": "image/jpeg"}, (422, "media_type_refused")),
    ("a drawing that runs", SVG, {"filetype": "image/svg+xml"}, (422, "media_type_refused")),
    ("a program", b"MZ" + bytes(200), {}, (422, "media_type_refused")),
    ("a photo of another kind", photo(kind="PNG"), {"filetype": "image/jpeg"}, (422, "media_type_mismatch")),
    ("a photo called a film", photo(), {"filetype": "video/mp4"}, (422, "media_type_mismatch")),
    ("a photo from an iPhone", b"\0\0\0\x18ftypheic" + bytes(200), {}, (422, "media_type_refused")),
    ("a beginning without a picture", b"\xff\xd8\xff" + bytes(500), {}, (422, "image_unreadable")),
    ("a bomb", bomb(), {}, (422, "image_too_large")),
    ("a header that is a bomb", header_bomb(), {}, (422, "image_too_large")),
]


@pytest.mark.parametrize(("content", "more", "answer"), [row[1:] for row in LIES], ids=[row[0] for row in LIES])
async def test_a_file_that_is_not_what_it_should_be_is_refused_and_nothing_is_kept(
    sender: Sender,
    job_id: UUID,
    database: Database,
    settings: Settings,
    an_organisation: Organisation,
    content: bytes,
    more: dict[str, str],
    answer: tuple[int, str],
) -> None:
    before = vault_files(settings)
    begun = await sender.begin(job_id, content, **more)

    refused = await sender.piece(begun.headers["location"], 0, content)

    assert (refused.status_code, refused.json()["code"]) == answer
    assert (await sender.head(begun.headers["location"])).status_code == 404
    assert (await sender.read(content)).status_code == 404
    assert (vault_files(settings), spooled(settings, an_organisation)) == (before, [])
    assert await stored(database, attachments) == await stored(database, uploads) == []


async def test_bytes_that_are_not_those_of_the_digest_are_refused_and_forgotten(
    sender: Sender, job_id: UUID, settings: Settings, an_organisation: Organisation
) -> None:
    named, sent = photo(), photo()
    told = metadata(digest=digest_of(named), job_id=str(job_id))
    address = (await sender.promise(str(len(sent)), told)).headers["location"]

    refused = await sender.piece(address, 0, sent)

    assert (refused.status_code, refused.json()["code"]) == (422, "digest_mismatch")
    assert (await sender.head(address)).status_code == 404
    assert spooled(settings, an_organisation) == []


async def test_more_bytes_than_promised_are_refused_and_not_counted(sender: Sender, job_id: UUID) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]

    refused = await sender.piece(address, 0, content + b"x")

    assert (refused.status_code, refused.json()["code"]) == (413, "upload_too_long")
    assert (await sender.head(address)).headers[OFFSET] == "0"


BEGINNINGS: list[tuple[str, str, dict[str, str], tuple[int, str]]] = [
    ("nothing at all", "0", {}, (422, "attachment_empty")),
    ("too much", str(2**40), {}, (413, "attachment_too_large")),
    ("no number", "ten", {}, (422, "invalid_header")),
    ("less than nothing", "-1", {}, (422, "invalid_header")),
    ("a digest in capitals", "10", {"digest": "A" * 64}, (422, "upload_metadata_invalid")),
    ("a digest that is a path", "10", {"digest": "../../etc/passwd"}, (422, "upload_metadata_invalid")),
    ("no job", "10", {"job_id": "7"}, (422, "upload_metadata_invalid")),
    ("a purpose that is none", "10", {"purpose": "fun"}, (422, "upload_metadata_invalid")),
]


@pytest.mark.parametrize(
    ("length", "more", "answer"), [row[1:] for row in BEGINNINGS], ids=[row[0] for row in BEGINNINGS]
)
async def test_a_beginning_that_does_not_fit_is_a_clear_problem(
    sender: Sender, job_id: UUID, database: Database, length: str, more: dict[str, str], answer: tuple[int, str]
) -> None:
    told = metadata(**{"digest": "ab" * 32, "job_id": str(job_id), **more})

    refused = await sender.promise(length, told)

    assert (refused.status_code, refused.json()["code"]) == answer
    assert await stored(database, uploads) == []


@pytest.mark.parametrize(
    "told", ["", "digest", "digest !!!", "digest /w==", ",,,", "job_id " + "x" * 3000, " ", "digest a,digest b"]
)
async def test_metadata_that_cannot_be_read_are_a_clear_problem(sender: Sender, job_id: UUID, told: str) -> None:
    refused = await sender.promise("10", told)

    assert (refused.status_code, refused.json()["code"]) == (422, "upload_metadata_invalid")


@pytest.mark.parametrize(
    "name", ["../../../etc/cron.d/x", "..\\..\\x", "/dev/null", "a\0b", "x" * 900, "con", "\u202egpj.exe", "\n\r\nX: y"]
)
async def test_a_name_that_is_a_trick_names_nothing(
    sender: Sender, job_id: UUID, settings: Settings, name: str
) -> None:
    content = photo()

    answer = await sender.send(job_id, content, filename=name, name=name)
    shown = (await sender.read(content)).headers["content-disposition"]

    assert answer.status_code == 204
    assert shown == f'attachment; filename="{digest_of(content)}.jpg"'
    assert [path.name for path in vault_files(settings) if digest_of(content) in str(path)] == [digest_of(content)]


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0", "1.0"])
async def test_another_version_of_tus_is_refused_with_ours(sender: Sender, job_id: UUID, version: str | None) -> None:
    headers = {**sender.person.headers, "Upload-Length": "10", "Upload-Metadata": metadata(digest="ab" * 32)}
    headers |= {} if version is None else {"Tus-Resumable": version}

    refused = await sender.client.post("/v1/uploads", headers=headers)

    assert (refused.status_code, refused.headers["tus-version"]) == (412, "1.0.0")


async def test_an_app_without_tus_reads_how_far_an_upload_is(sender: Sender, job_id: UUID) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    await sender.piece(address, 0, content[:100])

    plain = await sender.client.get(address, headers=sender.person.headers)
    head = await sender.client.head(address, headers=sender.person.headers)

    assert (plain.status_code, plain.json()["offset_bytes"]) == (200, 100)
    assert head.status_code == 412


async def test_a_body_of_another_type_is_refused(sender: Sender, job_id: UUID) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]

    refused = await sender.piece(address, 0, content, **{"Content-Type": "application/json"})

    assert (refused.status_code, refused.json()["code"]) == (415, "media_type_unsupported")


async def test_an_upload_that_was_given_up_is_gone_with_its_bytes(
    sender: Sender, job_id: UUID, settings: Settings, an_organisation: Organisation
) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    await sender.piece(address, 0, content[:100])

    ended = await sender.end(address)

    assert (ended.status_code, (await sender.head(address)).status_code) == (204, 404)
    assert (await sender.end(address)).status_code == 404
    assert spooled(settings, an_organisation) == []


async def test_a_network_without_patch_and_delete_is_no_obstacle(sender: Sender, job_id: UUID) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    piece = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    said = {**sender.person.headers, **TUS, **piece, "X-HTTP-Method-Override": "PATCH"}

    sent = await sender.client.post(address, headers=said, content=content)

    assert (sent.status_code, (await sender.read(content)).content) == (204, content)


async def test_the_last_answer_that_was_lost_is_had_by_asking(sender: Sender, job_id: UUID) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    await sender.piece(address, 0, content)

    asked = await sender.head(address)
    again = await sender.piece(address, len(content), b"")

    assert (asked.status_code, asked.headers[OFFSET]) == (200, str(len(content)))
    assert (again.status_code, again.headers[OFFSET]) == (204, str(len(content)))


async def test_a_crash_between_the_last_byte_and_the_end_is_mended_by_asking(
    sender: Sender, job_id: UUID, database: Database, settings: Settings, an_organisation: Organisation
) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    (path,) = spooled(settings, an_organisation)
    path.write_bytes(content)
    async with database.transaction() as db:
        await db.execute(uploads.update().values(offset_bytes=len(content)))

    asked = await sender.head(address)

    assert asked.headers[OFFSET] == str(len(content))
    assert (await sender.read(content)).content == content


async def test_all_who_ask_while_a_whole_file_is_looked_at_hear_that_it_is_kept(
    sender: Sender, job_id: UUID, database: Database, settings: Settings, an_organisation: Organisation
) -> None:
    """A phone that lost the last answer asks while the server still looks: whoever comes last finds the spool empty."""
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    (path,) = spooled(settings, an_organisation)
    path.write_bytes(content)
    async with database.transaction() as db:
        await db.execute(uploads.update().values(offset_bytes=len(content)))

    asked = await asyncio.gather(*(sender.head(address) for _ in range(4)))

    assert [(each.status_code, each.headers.get(OFFSET)) for each in asked] == [(200, str(len(content)))] * 4
    assert (await sender.head(address)).status_code == 200
    assert (await sender.read(content)).content == content


async def test_bytes_on_the_disk_that_nobody_was_told_of_are_sent_again(
    sender: Sender, job_id: UUID, settings: Settings, an_organisation: Organisation
) -> None:
    """Written before a crash, and perhaps not safe: only what was told counts."""
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    await sender.piece(address, 0, content[:100])
    (path,) = spooled(settings, an_organisation)
    with path.open("ab") as file:
        file.write(b"torn" * 10_000)

    asked = await sender.head(address)
    done = await sender.piece(address, 100, content[100:])

    assert (asked.headers[OFFSET], done.status_code) == ("100", 204)
    assert (await sender.read(content)).content == content


async def test_a_spool_that_lost_bytes_says_so(
    sender: Sender, job_id: UUID, settings: Settings, an_organisation: Organisation
) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    await sender.piece(address, 0, content[:100])
    (path,) = spooled(settings, an_organisation)
    path.write_bytes(content[:40])

    asked = await sender.head(address)

    assert asked.headers[OFFSET] == "40"
    assert (await sender.piece(address, 40, content[40:])).status_code == 204


async def test_a_request_that_took_over_is_not_disturbed_by_the_one_before(sender: Sender, job_id: UUID) -> None:
    content = photo(more_bytes=400_000)
    address = (await sender.begin(job_id, content)).headers["location"]
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield content[:1000]
        begun.set()
        await go_on.wait()
        yield content[1000:2000]

    first = asyncio.create_task(sender.piece(address, 0, slow()))
    await begun.wait()
    second = await sender.piece(address, 0, content[:300_000])
    go_on.set()
    late = await first

    assert (second.status_code, late.status_code) == (204, 409)
    assert (await sender.piece(address, 300_000, content[300_000:])).status_code == 204
    assert (await sender.read(content)).content == content


async def test_an_upload_that_expired_is_gone_and_its_bytes_are_swept(
    sender: Sender, job_id: UUID, database: Database, settings: Settings, an_organisation: Organisation
) -> None:
    content = photo()
    begun = await sender.begin(job_id, content)
    async with database.transaction() as db:
        await db.execute(uploads.update().values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    assert "GMT" in begun.headers["upload-expires"]
    assert (await sender.head(begun.headers["location"])).status_code == 404
    assert len(spooled(settings, an_organisation)) == 1
    assert len(spool.strays(settings, an_organisation.org_id, set())) == 1
    assert upkeep.COLLECT.daily_at is not None


async def test_one_member_may_not_begin_uploads_without_end(
    sender: Sender, job_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.routes.uploads.MOST_UNFINISHED", 2)
    answers = [await sender.begin(job_id, photo()) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[-1].json()["code"] == "too_many_uploads"


async def test_a_full_disk_is_told_and_what_was_there_stays(
    sender: Sender, job_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    await sender.piece(address, 0, content[:100])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(spool, "write", full)
        refused = await sender.piece(address, 100, content[100:])

    assert (refused.status_code, refused.json()["code"], refused.json()["retryable"]) == (507, "storage_full", True)
    assert (await sender.head(address)).headers[OFFSET] == "100"
    assert (await sender.piece(address, 100, content[100:])).status_code == 204


async def test_anothers_upload_is_not_found_whatever_is_asked(
    sender: Sender, job_id: UUID, database: Database, an_organisation: Organisation
) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    other = await add_organisation(database, "YY")
    colleague = await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0108")
    for person in (an_organisation.dispatcher, colleague, other.technician):
        stranger = Sender(sender.client, person)

        answers = [await stranger.head(address), await stranger.piece(address, 0, content), await stranger.end(address)]

        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (await sender.piece(address, 0, content)).status_code == 204


async def test_a_job_out_of_scope_is_not_found_and_neither_is_what_was_sent_for_it(
    sender: Sender, job_id: UUID, database: Database, an_organisation: Organisation
) -> None:
    content = photo()
    await sender.send(job_id, content)
    other = await add_organisation(database, "YY")
    colleague = await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0108")
    for person in (colleague, other.technician, other.dispatcher):
        stranger = Sender(sender.client, person)

        begun, unknown = await stranger.begin(job_id, content), await stranger.begin(uuid4(), content)
        answers = [await stranger.read(content), await stranger.read(content, "/thumbnail")]

        assert [answer.status_code for answer in (begun, unknown, *answers)] == [404] * 4
    assert (await Sender(sender.client, an_organisation.dispatcher).read(content)).content == content


async def test_who_may_not_send_is_refused(
    sender: Sender, job_id: UUID, database: Database, an_organisation: Organisation
) -> None:
    auditor = await a_person(database, an_organisation, Role.AUDITOR, "AUDIT")

    refused = await Sender(sender.client, auditor).begin(job_id, photo())

    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
