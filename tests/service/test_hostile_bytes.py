"""Uploads, photos and the customer's page take headers, raw bytes and forms: whatever these hold, nothing breaks."""

from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response

from service.http.errors import PROBLEMS
from tests.builders.fleet import both, planned_job
from tests.builders.organisations import Organisation
from tests.builders.sample_desk import DISPATCHER, SUPERVISOR, Desk
from tests.builders.sample_plans import WANG, opened
from tests.builders.sending import PIECE, TUS, Sender, digest_of, metadata, photo

NUMBERS = ("", " ", "-1", "1e3", "0x10", "9" * 30, "\xb2", "NaN", "1,2", "null", str(2**53 + 1), str(2**64))
METADATA = (
    b"",
    b",",
    b"digest",
    b"digest !!!!",
    b"digest " + b"A" * 5000,
    b"digest /w==,job_id /w==",
    b"digest AA==,job_id AA==",
    b"digest ZA==,digest ZA==",
    b"\xff\xfe",
    b"job_id",
    b"a b c d e",
)
CHECKSUMS = ("", "sha256", "sha256 ", "sha256 !", "md5 AA==", "sha256 AA==", "x" * 300, "sha1 " + "A" * 190)
BYTES = (
    b"",
    b"\x00" * 4000,
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
    b"RIFF\xff\xff\xff\xffWEBPVP8 ",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
    b"GIF89a<script>alert(1)</script>",
    b"\x1f\x8b\x08" + b"\x00" * 50,
)
FORMS = (
    b"",
    b"\xff\xfe",
    b"score=%00",
    b"score=%ff&text=%c3%28",
    b"score=5&score=5",
    b"score=" + b"9" * 5000,
    b"text=" + b"x" * 299_990,
    b"&".join([b"a=1"] * 200),
    b"score=5&text=%ed%a0%80",
    b"content_hash=" + b"0" * 64 + b"&drawing=AAAA",
    b"content_hash=&drawing=" + b"iVBORw0KGgo" * 10,
    b"cause=fees&text=" + b"%F0%9F%98%80" * 100,
)
RANGES = ("bytes=", "bytes=-", "bytes=-0", "bytes=9-1", "bytes=0-0,2-3", "bytes=" + "9" * 40, "x=1-2", "bytes=٣-")
SAID = ("acknowledgement", "decline", "signature", "rating", "complaint")


def told(answer: Response) -> bool:
    """A problem that we know, and none of ours."""
    return answer.status_code < 500 and (answer.status_code < 400 or answer.json()["code"] in PROBLEMS)


async def said_raw(sender: Sender, method: str, path: str, headers: dict[str, str], more: dict[str, bytes]) -> Response:
    """With headers that no library would send."""
    plain = {name: value.encode() for name, value in headers.items()}
    raw = [(name.encode(), value) for name, value in {**plain, **more}.items()]
    return await sender.client.request(method, path, headers=raw, content=b"x" if method == "PATCH" else b"")


@pytest.fixture
async def sender(client: AsyncClient, an_organisation: Organisation) -> Sender:
    return Sender(client, an_organisation.technician)


@pytest.fixture
async def job_id(client: AsyncClient, an_organisation: Organisation) -> UUID:
    desk, _ = both(client, an_organisation)
    return (await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0]


async def test_no_header_breaks_an_upload(sender: Sender, job_id: UUID) -> None:
    content = photo()
    address = (await sender.begin(job_id, content)).headers["location"]
    sound = metadata(digest="0" * 64, job_id=str(job_id))
    for number in NUMBERS:
        for method, path, name in (("POST", "/v1/uploads", "Upload-Length"), ("PATCH", address, "Upload-Offset")):
            headers = {**sender.person.headers, **PIECE, "Upload-Metadata": sound}
            answer = await said_raw(sender, method, path, headers, {name: number.encode("latin-1")})
            assert 400 <= answer.status_code < 500, (name, number, answer.text)
    for pairs in METADATA:
        headers = {**sender.person.headers, **TUS, "Upload-Length": "10"}
        answer = await said_raw(sender, "POST", "/v1/uploads", headers, {"Upload-Metadata": pairs})
        assert answer.status_code in {400, 422}, (pairs, answer.text)
    for filetype in ("x\x00y", "a" * 101, "image/jpeg\r\nSet-Cookie: a=b", "😀"):
        promised = metadata(digest="0" * 64, job_id=str(job_id), filetype=filetype)
        assert told(await sender.promise("10", promised)), filetype
    for checksum in CHECKSUMS:
        assert told(await sender.piece(address, 0, b"x", **{"Upload-Checksum": checksum})), checksum
    assert (await sender.piece(address, 0, b"x", **{"Upload-Checksum": "null"})).status_code == 400
    for method in ("GET", "PUT", "TRACE", "patch", "PATCH, DELETE", ""):
        answer = await sender.client.post(address, headers={**sender.person.headers, "X-HTTP-Method-Override": method})
        assert answer.status_code == 405, method
    assert (await sender.head(address)).headers["upload-offset"] == "0"


async def test_a_method_told_in_a_header_counts_for_uploads_only(client: AsyncClient, desk: Desk) -> None:
    """A proxy that lets POST pass and no DELETE must not be walked around elsewhere."""
    job = await opened(desk)
    for path in (f"/v1/jobs/{job['id']}", f"/v1/webhooks/{uuid4()}", f"/v1/absences/{uuid4()}", "/v1/members"):
        for method in ("DELETE", "PATCH", "PUT", "HEAD", "GET"):
            headers = {**await desk.headers(SUPERVISOR), "X-HTTP-Method-Override": method}
            assert (await client.post(path, headers=headers)).status_code in {400, 405, 415}


@pytest.mark.parametrize("content", BYTES, ids=range(len(BYTES)))
async def test_no_bytes_break_a_photo_or_an_upload(desk: Desk, content: bytes) -> None:
    headers = {**await desk.headers(SUPERVISOR), "Content-Type": "image/svg+xml"}
    answer = await desk.client.put(f"/v1/members/{WANG}/photo", content=content, headers=headers)
    assert 400 <= answer.status_code < 500
    job = await opened(desk)
    sender = await desk.headers(DISPATCHER)
    size = str(max(len(content), 1))
    promised = metadata(digest="0" * 64, job_id=job["id"], filetype="image/jpeg")
    begun = {**sender, **TUS, "Upload-Length": size, "Upload-Metadata": promised}
    address = (await desk.client.post("/v1/uploads", headers=begun)).headers["location"]
    ended = await desk.client.patch(address, headers={**sender, **PIECE, "Upload-Offset": "0"}, content=content)
    assert told(ended)
    assert (await desk.client.get(f"/v1/attachments/{'0' * 64}", headers=sender)).status_code == 404


async def test_no_form_breaks_the_page_of_a_customer(desk: Desk) -> None:
    job = await opened(desk)
    link = await desk.ask(DISPATCHER, "POST", f"/v1/jobs/{job['id']}/customer-links", json={})
    page = "/c/" + link.json()["url"].rpartition("/")[2]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for name in SAID:
        for form in FORMS:
            answer = await desk.client.post(f"{page}/{name}", content=form, headers=headers)
            assert answer.status_code in {303, 400, 404, 409, 413, 415, 422}, (name, form[:40], answer.status_code)
            assert "set-cookie" not in answer.headers
            assert answer.status_code == 303 or answer.headers["content-type"].startswith("text/html")
    for path in ("reports/x", f"reports/{uuid4()}", "photo", "reports/%00"):
        assert (await desk.client.get(f"{page}/{path}")).status_code == 404
    for method in ("HEAD", "OPTIONS"):
        looked = await desk.client.request(method, page)
        assert (looked.status_code, looked.content) == (200 if method == "HEAD" else 204, b"")


async def test_no_range_breaks_a_download(sender: Sender, job_id: UUID) -> None:
    content = photo()
    await sender.send(job_id, content)
    for asked in RANGES:
        path = f"/v1/attachments/{digest_of(content)}"
        answer = await said_raw(sender, "GET", path, sender.person.headers, {"Range": asked.encode()})
        assert answer.status_code in {200, 206, 416}, asked
        assert len(answer.content) <= max(len(content), 1000)
