"""Sessions: a pair of tokens for one member on one device, begun, carried on, and ended."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Role
from service.http.endpoint import Output
from service.sign_in import refresh, tokens
from service.sign_in.refresh import StoredToken, Use
from service.sign_in.tokens import Authority
from service.store.people import accounts, devices, sessions, signing_keys
from service.store.people.accounts import Account
from service.store.people.devices import LockedDevice


class SignedInMember(Output, frozen=True, kw_only=True):
    """Who signed in."""

    id: UUID
    login: str
    name: str
    role: Role
    outlet_ids: tuple[UUID, ...]
    language: str


class SignedIn(Output, frozen=True, kw_only=True):
    """A session. Keep the refresh token in the device's secure store, and replace it at each refresh."""

    access_token: str
    expires_in_seconds: int
    refresh_token: str
    device_id: UUID
    member: SignedInMember


async def open_session(db: AsyncConnection, account: Account, device: LockedDevice, at: datetime) -> SignedIn:
    """A new family of refresh tokens for the device, and an access token."""
    refresh_token = refresh.new_token(account.org_id)
    await _store(db, account.org_id, device, uuid4(), refresh_token, at)
    return await _answer(db, account, device, refresh_token, at)


async def renew(db: AsyncConnection, refresh_token: str, at: datetime) -> SignedIn | str:
    """The next pair of tokens, or the code of the problem.

    Problems are a value because one of them, a token used again, ends the device's session and must be committed.
    Everything happens while holding the device, so that two refreshes at once are two refreshes in a row.
    """
    try:
        org_id = refresh.organisation(refresh_token)
    except ValueError:
        return "refresh_token_invalid"
    digest = refresh.digest(refresh_token)
    device = await devices.lock_by_token(db, org_id, digest)
    stored = await sessions.token(db, org_id, digest)
    if device is None or stored is None:
        return "refresh_token_invalid"
    account = await accounts.find(db, org_id, device.member_id)
    if device.revoked_at is not None:
        return "device_revoked"
    if account is None or not account.active:
        return "refresh_token_revoked"
    return await _renew(db, account, device, stored, refresh_token, at)


async def end_session(db: AsyncConnection, org_id: UUID, device_id: UUID) -> None:
    """Void both kinds of token that the device holds; it has to sign in again."""
    await devices.raise_authority(db, org_id, device_id)
    await sessions.retire_tokens(db, org_id, [device_id], datetime.now(UTC))


def signed_in_member(account: Account) -> SignedInMember:
    return SignedInMember(
        id=account.member_id,
        login=account.login,
        name=account.name,
        role=account.role,
        outlet_ids=account.outlet_ids,
        language=account.language,
    )


async def _renew(
    db: AsyncConnection, account: Account, device: LockedDevice, stored: StoredToken, refresh_token: str, at: datetime
) -> SignedIn | str:
    match refresh.judge(stored, at):
        case Use.FIRST:
            successor_id = uuid4()
            successor = refresh.successor(refresh_token, successor_id)
            await sessions.first_use(db, account.org_id, stored, successor_id, at)
            await _store(db, account.org_id, device, successor_id, successor, at)
            await devices.touch(db, account.org_id, device.id, at)
            return await _answer(db, account, device, successor, at)
        case Use.REPEATED if stored.successor_id is not None:
            successor = refresh.successor(refresh_token, stored.successor_id)
            return await _answer(db, account, device, successor, at)
        case Use.REUSED:
            await end_session(db, account.org_id, device.id)
            return "refresh_token_reused"
        case Use.EXPIRED:
            return "refresh_token_expired"
        case _:
            return "refresh_token_revoked"


async def _store(
    db: AsyncConnection, org_id: UUID, device: LockedDevice, token_id: UUID, token: str, at: datetime
) -> None:
    expires_at = refresh.expiry(device.kind, device.created_at, at)
    await sessions.add_token(db, org_id, device.id, token_id, refresh.digest(token), expires_at)


async def _answer(
    db: AsyncConnection, account: Account, device: LockedDevice, refresh_token: str, at: datetime
) -> SignedIn:
    key = await signing_keys.signing_key(db, account.org_id)
    authority = Authority(account.authority_version, device.authority_version)
    return SignedIn(
        access_token=tokens.issue(key, account.member_id, device.id, account.role, authority, at),
        expires_in_seconds=int(tokens.LIFETIME.total_seconds()),
        refresh_token=refresh_token,
        device_id=device.id,
        member=signed_in_member(account),
    )
