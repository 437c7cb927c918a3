"""Signatures as Standard Webhooks 1.0 has them: HMAC-SHA256 of id, time and body."""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID


def spelt(secret: bytes) -> str:
    """The secret as a receiver's library takes it."""
    return "whsec_" + b64encode(secret).decode()


def signed_headers(event_id: UUID, at: datetime, body: bytes, secrets: Iterable[bytes]) -> dict[str, str]:
    """What proves that it is ours and new, by each secret that is valid now."""
    seconds = str(int(at.timestamp()))
    content = f"{event_id}.{seconds}.".encode() + body
    signatures = [b64encode(hmac.digest(secret, content, sha256)).decode() for secret in secrets]
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }
