"""Access tokens: what is not exactly one of ours gives nobody access, and never a failure of the service."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx import AsyncClient, Response
from litestar import Litestar
from msgspec import Struct
from sqlalchemy import delete, event, update

from service.database import Database
from service.embedded_postgres import Server
from service.running.rotation import rotate_keys
from service.settings import Settings
from service.sign_in.keyring import Keyring
from service.sign_in.tokens import SigningKey
from service.store.people import signing_keys
from service.store.tables import signing_keys as key_table
from tests.builders.organisations import Organisation, add_organisation
from tests.service.sessions import code_of

SOME_ID = "0198c0de-0000-7000-8000-000000000001"


class Mint(Struct, frozen=True):
    """Everything that a forger could wish for, the organisation's own key included."""

    key: SigningKey
    foreign_key: SigningKey
    claims: dict[str, Any]
    genuine: str

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": "EdDSA", "kid": self.key.key_id, "typ": "at+jwt"}


@pytest.fixture
async def mint(database: Database, an_organisation: Organisation) -> Mint:
    other = await add_organisation(database, "OTHER")
    async with database.transaction() as db:
        key = await signing_keys.signing_key(db, an_organisation.org_id)
        foreign_key = await signing_keys.signing_key(db, other.org_id)
    genuine = an_organisation.dispatcher.token
    return Mint(key, foreign_key, jwt.decode(genuine, options={"verify_signature": False}), genuine)


def signed(mint: Mint, header: dict[str, Any] | bytes, payload: dict[str, Any] | bytes) -> str:
    """A token over any header and payload whatever, with a signature of the genuine key."""
    private = serialization.load_pem_private_key(mint.key.private_pem.encode(), None)
    assert isinstance(private, Ed25519PrivateKey)
    signing_input = f"{segment(header)}.{segment(payload)}"
    return f"{signing_input}.{encoded(private.sign(signing_input.encode()))}"


def with_claims(**changed: object) -> Callable[[Mint], str]:
    return lambda mint: signed(mint, mint.header, mint.claims | changed)


def without_claim(name: str) -> Callable[[Mint], str]:
    return lambda mint: signed(mint, mint.header, {key: mint.claims[key] for key in mint.claims if key != name})


def with_header(**changed: object) -> Callable[[Mint], str]:
    return lambda mint: signed(mint, mint.header | changed, mint.claims)


def without_header(name: str) -> Callable[[Mint], str]:
    return lambda mint: signed(mint, {key: mint.header[key] for key in mint.header if key != name}, mint.claims)


def shifted(**seconds: int) -> Callable[[Mint], str]:
    return lambda mint: signed(
        mint, mint.header, mint.claims | {name: mint.claims[name] + shift for name, shift in seconds.items()}
    )


def unsigned(algorithm: str) -> Callable[[Mint], str]:
    return lambda mint: f"{segment(mint.header | {'alg': algorithm})}.{segment(mint.claims)}."


def keyed_with(secret_of: Callable[[Mint], bytes]) -> Callable[[Mint], str]:
    """The confusion of a public key with a shared secret."""

    def forge(mint: Mint) -> str:
        signing_input = f"{segment(mint.header | {'alg': 'HS256'})}.{segment(mint.claims)}"
        mac = hmac.new(secret_of(mint), signing_input.encode(), hashlib.sha256).digest()
        return f"{signing_input}.{encoded(mac)}"

    return forge


def public_bytes(mint: Mint, encoding: serialization.Encoding, form: serialization.PublicFormat) -> bytes:
    return serialization.load_pem_public_key(mint.key.public_pem.encode()).public_bytes(encoding, form)


def foreign(*, kid_of: Callable[[Mint], str], key_of: Callable[[Mint], str]) -> Callable[[Mint], str]:
    return lambda mint: jwt.encode(mint.claims, key_of(mint), "EdDSA", headers={"kid": kid_of(mint), "typ": "at+jwt"})


def of_another_algorithm(mint: Mint) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(mint.claims, key, "ES256", headers={"kid": mint.key.key_id, "typ": "at+jwt"})


def of_rsa(mint: Mint) -> str:
    key = rsa.generate_private_key(65537, 2048)
    return jwt.encode(mint.claims, key, "RS256", headers={"kid": mint.key.key_id, "typ": "at+jwt"})


def repeated_claim(mint: Mint) -> str:
    body = json.dumps(mint.claims)[:-1] + f', "exp": "{mint.claims["exp"] + 10**6}"}}'
    return signed(mint, mint.header, body.encode())


RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
DER = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

FORGED: dict[str, Callable[[Mint], str]] = {
    # The signature
    "alg none, no signature": unsigned("none"),
    "alg None, no signature": unsigned("None"),
    "alg EdDSA, no signature": unsigned("EdDSA"),
    "signature cut": lambda mint: mint.genuine[:-4],
    "signature of nothing": lambda mint: mint.genuine.rpartition(".")[0] + "." + encoded(bytes(64)),
    "signature altered": lambda mint: mint.genuine.rpartition(".")[0] + "." + encoded(b"\1" * 64),
    "signature lengthened": lambda mint: mint.genuine + "AAAA",
    "signature of another token": lambda mint: (
        with_claims(sub=SOME_ID)(mint).rpartition(".")[0] + "." + mint.genuine.rpartition(".")[2]
    ),
    "payload altered": lambda mint: ".".join(
        [mint.genuine.split(".")[0], segment(mint.claims | {"sub": SOME_ID}), mint.genuine.split(".")[2]]
    ),
    "HS256 with the PEM": keyed_with(lambda mint: mint.key.public_pem.encode()),
    "HS256 with the PEM without its head": keyed_with(lambda mint: mint.key.public_pem.split("\n")[1].encode()),
    "HS256 with the raw key": keyed_with(lambda mint: public_bytes(mint, *RAW)),
    "HS256 with the DER": keyed_with(lambda mint: public_bytes(mint, *DER)),
    "HS256 with base64 of the DER": keyed_with(lambda mint: base64.b64encode(public_bytes(mint, *DER))),
    "HS256 with an empty secret": keyed_with(lambda _: b""),
    "ES256 with the kid of an Ed25519 key": of_another_algorithm,
    "RS256 with the kid of an Ed25519 key": of_rsa,
    "another organisation's key, its kid": foreign(
        kid_of=lambda mint: mint.foreign_key.key_id, key_of=lambda mint: mint.foreign_key.private_pem
    ),
    "another organisation's key, our kid": foreign(
        kid_of=lambda mint: mint.key.key_id, key_of=lambda mint: mint.foreign_key.private_pem
    ),
    "our key, another organisation's kid": lambda mint: with_header(kid=mint.foreign_key.key_id)(mint),
    # The header
    "alg of another spelling": with_header(alg="eddsa"),
    "alg Ed25519": with_header(alg="Ed25519"),
    "alg a list": with_header(alg=["EdDSA"]),
    "alg null": with_header(alg=None),
    "no alg": without_header("alg"),
    "no kid": without_header("kid"),
    "kid unknown": with_header(kid="unknown"),
    "kid empty": with_header(kid=""),
    "kid null": with_header(kid=None),
    "kid a number": with_header(kid=7),
    "kid a list": with_header(kid=["a", "b"]),
    "kid an object": with_header(kid={"$ne": ""}),
    "kid a path": with_header(kid="../../../../dev/null"),
    "kid a statement": with_header(kid="' OR 1=1 --"),
    "kid an address": with_header(kid="https://attacker.example/key"),
    "kid with NUL": with_header(kid="a\0b"),
    "kid half a surrogate pair": with_header(kid="\ud800"),
    "kid of 1 kB": with_header(kid="k" * 1_000),
    "kid of 50 kB": with_header(kid="k" * 50_000),
    "typ JWT": with_header(typ="JWT"),
    "typ of a refresh token": with_header(typ="rt+jwt"),
    "typ of another spelling": with_header(typ="AT+JWT"),
    "typ null": with_header(typ=None),
    "no typ": without_header("typ"),
    "crit": with_header(crit=["exp"]),
    "unknown crit": with_header(crit=["x"], x=1),
    "b64 false": with_header(b64=False, crit=["b64"]),
    "jku": with_header(jku="https://attacker.example/keys"),
    "jwk": with_header(jwk={"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}),
    "x5u": with_header(x5u="https://attacker.example/certificate"),
    "x5c": with_header(x5c=["AAAA"]),
    "zip": with_header(zip="DEF"),
    "cty": with_header(cty="JWT"),
    "header a list": lambda mint: signed(mint, b"[]", mint.claims),
    "header nested deeply": lambda mint: signed(mint, b'{"alg":' + b"[" * 500 + b"]" * 500 + b"}", mint.claims),
    "header not UTF-8": lambda mint: signed(mint, b'{"alg":"\xff"}', mint.claims),
    "header no JSON": lambda mint: signed(mint, b"EdDSA", mint.claims),
    # The claims
    **{f"no {name}": without_claim(name) for name in ("iss", "aud", "sub", "org", "device", "role", "authority")},
    **{f"no {name}": without_claim(name) for name in ("jti", "iat", "nbf", "exp")},
    "iss another": with_claims(iss="somebody"),
    "iss a list": with_claims(iss=["onsite"]),
    "iss null": with_claims(iss=None),
    "aud another": with_claims(aud="another-api"),
    "aud a list": with_claims(aud=["onsite-api", "another-api"]),
    "aud null": with_claims(aud=None),
    "sub no UUID": with_claims(sub="dispatcher"),
    "sub a number": with_claims(sub=7),
    "org another": with_claims(org=SOME_ID),
    "org null": with_claims(org=None),
    "device null": with_claims(device=None),
    "role unknown": with_claims(role="root"),
    "role a list": with_claims(role=["admin"]),
    "authority a number": with_claims(authority=1),
    "authority empty": with_claims(authority={}),
    "authority true": with_claims(authority={"member": True, "device": True}),
    "authority of 2^70": with_claims(authority={"member": 2**70, "device": 1}),
    "jti a number": with_claims(jti=1),
    "exp a string": lambda mint: with_claims(exp=str(mint.claims["exp"]))(mint),
    "exp true": with_claims(exp=True),
    "exp null": with_claims(exp=None),
    "exp a fraction": lambda mint: with_claims(exp=mint.claims["exp"] + 0.5)(mint),
    "exp infinite": lambda mint: signed(mint, mint.header, json.dumps(mint.claims | {"exp": float("inf")}).encode()),
    "exp 2^63": with_claims(exp=2**63),
    "exp a year away": shifted(exp=365 * 86_400),
    "exp before iat": shifted(exp=-86_400),
    "iat in the future": shifted(iat=3_600, nbf=3_600, exp=3_600),
    "iat a string": lambda mint: with_claims(iat=str(mint.claims["iat"]))(mint),
    "nbf in the future": shifted(nbf=300),
    "nbf before iat": shifted(nbf=-300),
    "unknown claim": with_claims(admin=True),
    "extras no object": with_claims(extras="x"),
    "claim repeated": repeated_claim,
    "claims a list": lambda mint: signed(mint, mint.header, b"[]"),
    "claims null": lambda mint: signed(mint, mint.header, b"null"),
    "claims not UTF-8": lambda mint: signed(mint, mint.header, b'{"sub":"\xff"}'),
    "claims nested deeply": lambda mint: signed(mint, mint.header, b'{"a":' * 200 + b"1" + b"}" * 200),
    "claims no JSON": lambda mint: signed(mint, mint.header, b"sub=admin"),
    "claims nothing": lambda mint: signed(mint, mint.header, b""),
    # The shape
    "trailing =": lambda mint: mint.genuine + "=",
    "trailing ==": lambda mint: mint.genuine + "==",
    "trailing dot": lambda mint: mint.genuine + ".",
    "two segments": lambda mint: mint.genuine.rpartition(".")[0],
    "five segments": lambda mint: mint.genuine + ".AAAA.AAAA",
    "one segment": lambda _: "AAAA",
    "dots only": lambda _: "..",
    "space inside": lambda mint: mint.genuine.replace(".", " .", 1),
    "plain base64": lambda mint: mint.genuine.replace("_", "/").replace("-", "+") + "/",
    "JSON": lambda _: '{"sub":"admin"}',
    "10 kB": lambda mint: mint.genuine + "A" * 10_000,
    "a refresh token": lambda _: "onsite_refresh_" + "A" * 64,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
async def test_what_is_not_exactly_our_token_is_malformed(
    client: AsyncClient, mint: Mint, forge: Callable[[Mint], str]
) -> None:
    answer = await ask(client, f"Bearer {forge(mint)}")

    assert (answer.status_code, code_of(answer)) == (401, "token_malformed")
    assert answer.headers["www-authenticate"] == 'Bearer realm="onsite", error="invalid_token"'


def test_the_table_of_forged_tokens_is_long() -> None:
    assert len(FORGED) >= 60


async def test_the_forger_s_tools_make_a_token_that_works(client: AsyncClient, mint: Mint) -> None:
    assert (await ask(client, f"Bearer {signed(mint, mint.header, mint.claims)}")).status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
async def test_the_scheme_is_bearer_in_any_case(client: AsyncClient, mint: Mint, scheme: str) -> None:
    assert (await ask(client, f"{scheme} {mint.genuine}")).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["Basic {}", "DPoP {}", "Token {}", "{}", " {}", "Bearer", "Bearer ", "Bearer{}", "Bearer: {}", "Bearer,{}", ""],
)
async def test_no_other_scheme_carries_a_token(client: AsyncClient, mint: Mint, header: str) -> None:
    answer = await ask(client, header.format(mint.genuine))

    assert (answer.status_code, code_of(answer)) == (401, "token_malformed")


@pytest.mark.parametrize("header", [b"Bearer \xff\xfe", b"\xff", b"Bearer \xe4\xb8\xad", b"Bearer a\tb"])
async def test_bytes_that_are_no_text_are_no_token(client: AsyncClient, mint: Mint, header: bytes) -> None:
    answer = await client.get("/v1/me", headers=[(b"authorization", header)])

    assert (answer.status_code, code_of(answer)) == (401, "token_malformed")


async def test_two_authorization_headers_are_none(client: AsyncClient, mint: Mint) -> None:
    header = ("Authorization", f"Bearer {mint.genuine}")

    answer = await client.get("/v1/me", headers=[header, header])

    assert (answer.status_code, code_of(answer)) == (401, "token_malformed")


async def test_a_token_in_the_address_is_not_looked_at(client: AsyncClient, mint: Mint) -> None:
    answer = await client.get("/v1/me", params={"access_token": mint.genuine})

    assert code_of(answer) == "token_missing"


async def test_a_token_expires_after_ten_minutes_also_when_it_was_seen_before(
    client: AsyncClient, mint: Mint, clock: time_machine.Traveller
) -> None:
    fresh = signed(mint, mint.header, mint.claims | {"jti": str(uuid4())})
    assert (await ask(client, f"Bearer {mint.genuine}")).status_code == 200

    clock.shift(timedelta(minutes=10, seconds=10))

    for token in (mint.genuine, fresh):
        answer = await ask(client, f"Bearer {token}")
        assert (answer.status_code, code_of(answer)) == (401, "token_expired")


async def test_a_clock_that_is_a_few_seconds_off_is_forgiven(client: AsyncClient, mint: Mint) -> None:
    token = shifted(iat=3, nbf=3, exp=3)(mint)

    assert (await ask(client, f"Bearer {token}")).status_code == 200


@pytest.mark.parametrize("claim", ["sub", "device"])
async def test_a_token_for_somebody_who_does_not_exist_is_revoked(client: AsyncClient, mint: Mint, claim: str) -> None:
    answer = await ask(client, f"Bearer {with_claims(**{claim: SOME_ID})(mint)}")

    assert (answer.status_code, code_of(answer)) == (401, "token_revoked")


@pytest.mark.parametrize("authority", [{"member": 2, "device": 1}, {"member": 1, "device": 2}])
async def test_a_token_of_any_other_version_is_revoked(
    client: AsyncClient, mint: Mint, authority: dict[str, int]
) -> None:
    answer = await ask(client, f"Bearer {with_claims(authority=authority)(mint)}")

    assert (answer.status_code, code_of(answer)) == (401, "token_revoked")


async def test_a_device_of_another_member_lends_nobody_its_standing(
    client: AsyncClient, mint: Mint, an_organisation: Organisation
) -> None:
    device_id = str(an_organisation.technician.actor.device_id)

    answer = await ask(client, f"Bearer {with_claims(device=device_id)(mint)}")

    assert code_of(answer) == "token_revoked"


async def test_a_role_in_the_token_counts_for_nothing(client: AsyncClient, mint: Mint) -> None:
    answer = await ask(client, f"Bearer {with_claims(role='admin')(mint)}")

    assert answer.json()["member"]["role"] == "dispatcher"


async def test_a_key_made_elsewhere_is_found_and_a_retired_one_serves_until_its_tokens_are_over(
    client: AsyncClient, database: Database, mint: Mint, an_organisation: Organisation
) -> None:
    assert (await ask(client, f"Bearer {mint.genuine}")).status_code == 200
    async with database.transaction() as db:
        await db.execute(update(key_table).values(retired_at=datetime.now(UTC)))
        new_key = await signing_keys.signing_key(db, an_organisation.org_id)

    assert new_key.key_id != mint.key.key_id
    token = jwt.encode(mint.claims, new_key.private_pem, "EdDSA", headers={"kid": new_key.key_id, "typ": "at+jwt"})
    assert (await ask(client, f"Bearer {token}")).status_code == 200
    assert (await ask(client, f"Bearer {mint.genuine}")).status_code == 200


async def test_a_withdrawn_key_takes_its_tokens_with_it_even_those_seen_before(
    client: AsyncClient, database: Database, application: Litestar, mint: Mint
) -> None:
    assert (await ask(client, f"Bearer {mint.genuine}")).status_code == 200
    async with database.transaction() as db:
        await db.execute(delete(key_table).where(key_table.c.key_id == mint.key.key_id))

    keyring: Keyring = application.state.keyring
    keyring.loaded_at = float("-inf")

    assert code_of(await ask(client, f"Bearer {mint.genuine}")) == "token_malformed"


@pytest.mark.parametrize("withdraw", [False, True])
async def test_an_operator_renews_the_keys_and_says_whether_the_old_ones_are_still_good(
    client: AsyncClient,
    database: Database,
    application: Litestar,
    mint: Mint,
    migrated: Server,
    settings: Settings,
    withdraw: bool,  # noqa: FBT001
) -> None:
    told = await rotate_keys(settings, migrated.app_url, withdraw=withdraw)
    keyring: Keyring = application.state.keyring
    keyring.loaded_at = float("-inf")

    answer = await ask(client, f"Bearer {mint.genuine}")
    async with database.transaction() as db:
        key = await signing_keys.signing_key(db, mint.key.org_id)

    assert answer.status_code == (401 if withdraw else 200)
    assert key.key_id != mint.key.key_id
    assert told.startswith(f"2 keys {'withdrawn' if withdraw else 'retired'}.")


async def test_made_up_key_ids_asked_at_once_cost_one_reading_of_the_keys(
    client: AsyncClient, database: Database, mint: Mint
) -> None:
    read: list[str] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        read.append(statement)

    tokens = [with_header(kid=f"made up {number}")(mint) for number in range(30)]
    await asyncio.gather(*(ask(client, f"Bearer {token}") for token in tokens))
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)

    assert len([statement for statement in read if "signing_keys" in statement]) <= 2


async def test_first_uses_at_the_same_instant_make_one_key(database: Database, an_organisation: Organisation) -> None:
    async def first_use(org_id: UUID) -> str:
        async with database.transaction() as db:
            return (await signing_keys.signing_key(db, org_id)).key_id

    async with database.transaction() as db:
        await db.execute(delete(key_table))

    assert len(set(await asyncio.gather(*(first_use(an_organisation.org_id) for _ in range(6))))) == 1


async def ask(client: AsyncClient, authorization: str) -> Response:
    return await client.get("/v1/me", headers=[(b"authorization", authorization.encode("utf-8", "surrogatepass"))])


def segment(content: dict[str, Any] | bytes) -> str:
    return encoded(content if isinstance(content, bytes) else json.dumps(content).encode())


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
