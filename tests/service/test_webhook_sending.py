"""The connection goes to the number that was judged, and must show the certificate of the name that was typed."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from domain.events import EventData, EventKind
from service.store.webhooks.events import ToldEvent
from service.store.webhooks.webhooks import Target
from service.webhooks.sending import Sender
from tests.processes.receiver import Headers, Receiver, receiving, status

EVENT = ToldEvent(id=uuid4(), position=None, type=EventKind.WEBHOOK_TEST, timestamp=datetime.now(UTC), data=EventData())


@pytest.mark.parametrize(("shown", "arrives"), [("erp.example.com", True), ("other.example.com", False)])
async def test_a_certificate_must_be_the_names(tmp_path: Path, shown: str, *, arrives: bool) -> None:
    certificate = certified(tmp_path, shown)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    receiver = Receiver(0)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    target = Target(f"https://erp.example.com:{port}/hook?a=1", (b"secret",), 0)
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with httpx.AsyncClient(verify=trusting, trust_env=False) as client:
        came = await Sender(target, client, "127.0.0.1", "erp.example.com", None).send(EVENT)
    server.close()

    assert came.error == (None if arrives else "not_connected")
    assert [headers["host"] for headers in receiver.headers] == [f"erp.example.com:{port}"] * arrives


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("120", 2),
        ("0", 0),
        ("999999999999", 720),
        ("in a while", 0),
        ("-5", 0),
        ("", 0),
        (format_datetime(datetime(2001, 1, 1, tzinfo=UTC), usegmt=True), 0),
        (format_datetime(datetime(2999, 1, 1, tzinfo=UTC), usegmt=True), 720),
    ],
)
async def test_a_receiver_may_ask_to_be_left_alone_for_half_a_day_at_most(said: str, minutes: int) -> None:
    async def busy(_headers: Headers, _body: bytes) -> bytes:
        return status(503, f"retry-after: {said}")

    async with receiving(answer=busy) as receiver, httpx.AsyncClient(trust_env=False) as client:
        sender = Sender(Target(receiver.url, (b"secret",), 0), client, "127.0.0.1", "127.0.0.1", None)
        came = await sender.send(EVENT)

    assert (came.error, came.rest) == ("refused", timedelta(minutes=minutes))


def certified(folder: Path, name: str) -> Path:
    """Key and certificate of this name, signed by itself."""
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
