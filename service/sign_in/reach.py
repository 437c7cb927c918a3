"""Checking whom an actor may enrol and revoke."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from domain.people.responsibility import answers_for
from service.http.errors import Refused
from service.store.people import accounts
from service.store.people.accounts import Account


async def member_answered_for(db: AsyncConnection, actor: Actor, member_id: UUID) -> Account:
    """The member; member_not_found when the actor may not see them, not_permitted when seeing is all they may."""
    account = await accounts.seen_by(db, actor, member_id)
    if account is None:
        raise Refused("member_not_found")
    if not answers_for(actor, account.role, account.outlet_ids):
        raise Refused("not_permitted", role=actor.role.value)
    return account
