"""The token in a customer's link: which organisation, which link, and proof that this organisation made it.

It is no password: whoever holds it may see the job. So it is short-lived, for one job, and can be taken back.
"""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from msgspec import Struct

_PURPOSE = b"onsite customer link"
_ID_BYTES, _PROOF_BYTES = 16, 16


class Named(Struct, frozen=True):
    """What a token names; nothing of it is proven yet."""

    org_id: UUID
    link_id: UUID
    proof: bytes


def token(org_id: UUID, link_id: UUID, key: bytes) -> str:
    """The last part of the link's address: 64 characters that need no escaping."""
    said = org_id.bytes + link_id.bytes
    return base64.urlsafe_b64encode(said + _proof(said, key)).decode()


def read(text: str) -> Named | None:
    """What the text names; None when it cannot be a link."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    if len(raw) != 2 * _ID_BYTES + _PROOF_BYTES:
        return None
    return Named(UUID(bytes=raw[:_ID_BYTES]), UUID(bytes=raw[_ID_BYTES : 2 * _ID_BYTES]), raw[2 * _ID_BYTES :])


def is_genuine(named: Named, key: bytes) -> bool:
    """Whether the organisation with this key made the link; takes the same time for every wrong proof."""
    return hmac.compare_digest(named.proof, _proof(named.org_id.bytes + named.link_id.bytes, key))


def _proof(said: bytes, key: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + said, hashlib.sha256).digest()[:_PROOF_BYTES]
