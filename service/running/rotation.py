"""New keys for access tokens, when it is time or when the old ones are in wrong hands."""

from datetime import UTC, datetime

from service.database import open_database
from service.settings import Settings
from service.store.people import signing_keys

RETIRED = """{count} retired. New tokens are signed with new keys from now on; those that are out serve until they are
over, ten minutes at most. Nobody notices."""
WITHDRAWN = """{count} withdrawn. Within a minute no token that they signed is taken any more: apps are answered
`token_malformed`, and refresh their session. What waits on phones stays there."""


async def rotate_keys(settings: Settings, app_url: str, *, withdraw: bool) -> str:
    """Let go of the signing key of each organisation; the next sign-in makes a new one. Answers what happens next."""
    async with open_database(app_url, settings) as database, database.transaction() as db:
        if withdraw:
            count, told = await signing_keys.withdraw(db), WITHDRAWN
        else:
            count, told = await signing_keys.retire(db, datetime.now(UTC)), RETIRED
    return told.format(count=f"{count} key" if count == 1 else f"{count} keys")
