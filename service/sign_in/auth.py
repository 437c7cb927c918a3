"""Who is asking: the bearer token of a request, and the member behind it."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor
from service.http.errors import Refused
from service.http.reading import HttpRequest, headers_named
from service.sign_in.keyring import Keyring, claims_of
from service.sign_in.sessions import SignedIn, open_session
from service.sign_in.tokens import MALFORMED, Claims, TokenError
from service.store import devices, members, sessions
from service.store.sessions import Standing


async def authenticate(request: HttpRequest) -> Actor:
    """The member behind the token as the database knows them now: role, outlets and revocation count at once."""
    claims = await verified(request)
    async with request.app.state.database.reader() as db:
        return actor_of(claims, await sessions.standing(db, claims.org, claims.sub, claims.device))


async def verified(request: HttpRequest) -> Claims:
    """What the token says, without asking the database whether it still holds.

    Whoever uses this compares `claims.authority` with the `authority_version` of member and device, and `active` and
    `revoked_at`, in the statement that answers the request: `docs/sign-in.md` shows how.
    """
    state = request.app.state
    if not hasattr(state, "keyring"):
        state.keyring = Keyring()
    try:
        return await claims_of(state.keyring, state.database, bearer_token(headers_named(request, b"authorization")))
    except TokenError as error:
        raise Refused(str(error)) from None


def bearer_token(headers: list[str]) -> str:
    """The token in the Authorization header; Refused when there is none, TokenError when it is something else."""
    if not headers:
        raise Refused("token_missing")
    scheme, _, token = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer" or not token.strip(" "):
        raise TokenError(MALFORMED)
    return token.strip(" ")


def actor_of(claims: Claims, standing: Standing | None) -> Actor:
    """The member who may act on these claims, or Refused."""
    if standing is not None and standing.device_revoked:
        raise Refused("device_revoked")
    if standing is None or not standing.member_active:
        raise Refused("token_revoked")
    if (standing.member_version, standing.device_version) != (claims.authority.member, claims.authority.device):
        raise Refused("token_revoked")
    return Actor(claims.org, claims.sub, claims.device, standing.role, standing.outlet_ids, standing.language)


async def issue_for(db: AsyncConnection, login: str, organisation: str | None = None) -> SignedIn:
    """Tokens for the member of this login on a new desk device, without a password.

    For whoever holds the database anyway. LookupError when nobody, or more than one organisation, has the login.
    """
    accounts = await members.accounts_by_login(db, login, organisation)
    if len(accounts) != 1:
        raise LookupError(f"{len(accounts)} members have the login {login!r}; name the organisation as well")
    at = datetime.now(UTC)
    device = await devices.add_desk(db, accounts[0].org_id, accounts[0].member_id, "onsite token", at)
    return await open_session(db, accounts[0], device, at)
