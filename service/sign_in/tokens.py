"""Access tokens: JSON Web Tokens signed with Ed25519, read strictly. Pure: keys and the time come from outside."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID, uuid4

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.types import Options
from msgspec import Meta, Struct

from domain.people.actor import Role

ISSUER = "onsite"
AUDIENCE = "onsite-api"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - the media type of RFC 9068, no secret
LIFETIME = timedelta(minutes=10)
LEEWAY = timedelta(seconds=5)
LONGEST_TOKEN = 2048
MALFORMED = "token_malformed"
EXPIRED = "token_expired"

Seconds = Annotated[int, Meta(ge=0, le=2**40)]
Version = Annotated[int, Meta(ge=1, le=2**62)]


class SigningKey(Struct, frozen=True):
    """One organisation's key to issue tokens with."""

    org_id: UUID
    key_id: str
    private_pem: str
    public_pem: str


class VerifyingKey(Struct, frozen=True):
    """What a key id stands for: one organisation, one public key, one algorithm."""

    org_id: UUID
    public_key: Ed25519PublicKey


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a header may say; `jku`, `jwk`, `crit` and the like make a token unreadable."""

    alg: Literal["EdDSA"]
    kid: Annotated[str, Meta(min_length=1, max_length=64)]
    typ: Literal["at+jwt"]


class Authority(Struct, frozen=True, forbid_unknown_fields=True):
    """The versions the token was issued under; raising either one in the database revokes it."""

    member: Version
    device: Version


class Claims(Struct, frozen=True, forbid_unknown_fields=True):
    """What an access token says. The role is for reading by people: what counts is in the database."""

    iss: Literal["onsite"]
    aud: Literal["onsite-api"]
    sub: UUID
    org: UUID
    device: UUID
    role: Role
    authority: Authority
    jti: UUID
    iat: Seconds
    nbf: Seconds
    exp: Seconds


class TokenError(Exception):
    """A token that gives nobody access; the text is the code of the problem."""


def new_key(org_id: UUID) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    private_pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey(org_id, uuid4().hex, private_pem.decode(), public_pem.decode())


def read_public_key(pem: str) -> Ed25519PublicKey:
    """The key in `pem`; ValueError when it is of another kind."""
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")  # noqa: TRY004 - the text is wrong, not the caller's types
    return key


def issue(key: SigningKey, member_id: UUID, device_id: UUID, role: Role, authority: Authority, at: datetime) -> str:
    """A token for ten minutes from `at`."""
    issued_at = int(at.timestamp())
    claims = Claims(
        iss="onsite",
        aud="onsite-api",
        sub=member_id,
        org=key.org_id,
        device=device_id,
        role=role,
        authority=authority,
        jti=uuid4(),
        iat=issued_at,
        nbf=issued_at,
        exp=issued_at + int(LIFETIME.total_seconds()),
    )
    headers = {"kid": key.key_id, "typ": TOKEN_TYPE}
    return jwt.encode(msgspec.to_builtins(claims), key.private_pem, algorithm="EdDSA", headers=headers)


def read_header(token: str) -> Header:
    """The header, not yet verified: good for nothing but finding the key."""
    # PyJWT accepts padding and any header; three plain base64url segments and these three fields are all we issue.
    if len(token) > LONGEST_TOKEN or not _SHAPE.fullmatch(token):
        raise TokenError(MALFORMED)
    try:
        return msgspec.json.decode(jwt.utils.base64url_decode(token.partition(".")[0]), type=Header)
    except _ODDITIES as error:
        raise TokenError(MALFORMED) from error


def verify(token: str, header: Header, keys: Mapping[str, VerifyingKey], at: datetime) -> Claims:
    """The claims of a token that one of `keys` signed and that is valid at `at`."""
    key = keys.get(header.kid)
    if key is None:
        raise TokenError(MALFORMED)
    try:
        payload = jwt.decode(token, key.public_key, ["EdDSA"], options=_CHECKS, audience=AUDIENCE, issuer=ISSUER)
        claims = msgspec.convert(payload, Claims)
    except _ODDITIES as error:
        raise TokenError(MALFORMED) from error
    if claims.org != key.org_id:
        raise TokenError(MALFORMED)
    _check_times(claims, at.timestamp())
    return claims


def _check_times(claims: Claims, now: float) -> None:
    """PyJWT's own time checks take strings and booleans for numbers, so they are off and these stand instead."""
    leeway = LEEWAY.total_seconds()
    lifetime = claims.exp - claims.iat
    if not 0 < lifetime <= LIFETIME.total_seconds() or not claims.iat <= claims.nbf < claims.exp:
        raise TokenError(MALFORMED)
    if claims.iat > now + leeway or claims.nbf > now + leeway:
        raise TokenError(MALFORMED)
    if claims.exp + leeway <= now:
        raise TokenError(EXPIRED)


_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
# Keys of the wrong kind and odd encodings leave PyJWT as TypeError or ValueError, outside its own family of errors.
_ODDITIES = (jwt.PyJWTError, msgspec.MsgspecError, ValueError, TypeError, RecursionError)
_CHECKS: Options = {
    "require": list(Claims.__struct_fields__),
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}
