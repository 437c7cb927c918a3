"""From the token of a link to its holder and its job."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from service.customer_page import token as tokens
from service.customer_page.speaking import Speaker
from service.store.jobs import customer_links
from service.store.jobs.customer_links import Followed


async def follow(db: AsyncConnection, token: str) -> tuple[Speaker, Followed] | None:
    """Who speaks through this link; None when it is forged, taken back or over, which look all the same."""
    named = tokens.read(token)
    link = None if named is None else await customer_links.followed(db, named.org_id, named.link_id)
    if named is None or link is None or not tokens.is_genuine(named, link.key):
        return None
    if link.revoked_at is not None or link.expires_at <= datetime.now(UTC):
        return None
    return Speaker(named.org_id, named.link_id, link.job_id), link
