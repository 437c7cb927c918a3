"""Enrolling a phone with a code: admitted, admitted again after a lost answer, or refused with the reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from service.http.errors import Refused
from service.sign_in.enrolment_codes import Use, digest, guess_key, judge
from service.sign_in.sessions import SignedIn, open_session
from service.store.people import accounts, devices, enrolment_codes, sessions
from service.store.people.accounts import Account
from service.store.people.devices import LockedDevice, Phone
from service.store.people.sign_in_attempts import forget_attempts


async def enrol(db: AsyncConnection, org_id: UUID, signs: str, phone: Phone, at: datetime) -> SignedIn:
    """A session for the phone of the member whom the code was made for."""
    code = await enrolment_codes.lock(db, org_id, digest(signs))
    if code is None:
        raise Refused("enrolment_code_wrong")
    account = await accounts.hold(db, org_id, code.member_id)
    if account is None or not account.active:
        raise Refused("enrolment_code_wrong")
    device = await devices.lock(db, org_id, phone.id)
    match judge(code, phone.id, at):
        case Use.FIRST:
            device = await _admit(db, account, device, phone, at)
            await enrolment_codes.mark_used(db, org_id, code.id, phone.id, at)
        case Use.REPEATED if device is not None and device.revoked_at is None:
            pass
        case Use.EXPIRED:
            raise Refused("enrolment_code_expired")
        case _:
            raise Refused("enrolment_code_used")
    await forget_attempts(db, org_id, guess_key(signs), at)
    return await open_session(db, account, device, at)


async def _admit(
    db: AsyncConnection, account: Account, device: LockedDevice | None, phone: Phone, at: datetime
) -> LockedDevice:
    """The phone as a device of the member; one that was theirs before goes on with its facts and their counter."""
    if device is None:
        return await devices.add_phone(db, account.org_id, account.member_id, phone, at)
    if device.member_id != account.member_id:
        raise Refused("device_of_another_member")
    await sessions.forget_tokens(db, account.org_id, device.id)
    return await devices.admit_again(db, account.org_id, phone, at)
