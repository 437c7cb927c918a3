"""Devices: listing them, revoking one, and signing a member out everywhere."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor, may
from domain.people.responsibility import answers_for
from service.http import paging
from service.http.endpoint import delete, get, post
from service.http.errors import Refused
from service.http.paging import Paging, Slice
from service.sign_in.reach import member_answered_for
from service.store.people import accounts, device_register, devices, enrolment_codes, sessions
from service.store.people.device_register import Device


class DeviceQuery(Paging, frozen=True, kw_only=True):
    """Whose devices to list."""

    member_id: UUID | None = None


class DevicePage(Slice[Device], frozen=True, kw_only=True):
    """Devices in the order of their ids."""


@get("/v1/devices")
async def list_devices(actor: Actor, db: AsyncConnection, query: DeviceQuery) -> DevicePage:
    """List your own devices; at a desk also those of your outlets' members."""
    found = await device_register.seen_by(
        db,
        actor,
        of_others=may(actor, "enrol_devices"),
        member_id=query.member_id,
        after=paging.key_after(query, "devices", UUID),
        limit=query.limit + 1,
    )
    items, cursor = paging.part(query, "devices", found, lambda last: last.id)
    return DevicePage(items=items, next_cursor=cursor, has_more=cursor is not None)


@delete("/v1/devices/{device_id}", status=204, problems=("device_not_found", "not_permitted"))
async def revoke_device(actor: Actor, db: AsyncConnection, device_id: UUID) -> None:
    """Revoke a device: its tokens are void from the next request on. What was recorded on it stays.

    Anybody may revoke a device of their own; those of others need the right `revoke_devices`.
    """
    owner = await device_register.owner_seen_by(db, actor, device_id, of_others=may(actor, "enrol_devices"))
    if owner is None:
        raise Refused("device_not_found")
    permitted = may(actor, "revoke_devices") and answers_for(actor, owner.role, owner.outlet_ids)
    if owner.member_id != actor.member_id and not permitted:
        raise Refused("not_permitted", role=actor.role.value)
    at = datetime.now(UTC)
    await devices.revoke(db, actor.org_id, device_id, at)
    await sessions.retire_tokens(db, actor.org_id, [device_id], at)


@post("/v1/members/{member_id}/revocation", right="manage_members", status=204, problems=("member_not_found",))
async def revoke_member(actor: Actor, db: AsyncConnection, member_id: UUID) -> None:
    """Sign a member out everywhere: every token and unused enrolment code of theirs is void at once.

    They may sign in and be enrolled again. To keep them out, deactivate the member as well.
    """
    account = await member_answered_for(db, actor, member_id)
    # Codes, member, devices, tokens: the order in which enrolments and refreshes take them too.
    await enrolment_codes.void_unused(db, actor.org_id, account.member_id)
    await accounts.raise_authority(db, actor.org_id, account.member_id)
    held = await devices.lock_of_member(db, actor.org_id, account.member_id)
    await sessions.retire_tokens(db, actor.org_id, held, datetime.now(UTC))
